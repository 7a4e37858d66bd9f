import type { Path } from '../core/finding.ts';
import type { JsonObject } from '../core/json.ts';
import { hasText, mapAt, mapsIn, scalarText, textAt, textsIn, valueAt } from '../core/json.ts';
import { LAST_APPLIED } from '../core/kube-object.ts';
import { oncePer, oncePerText } from '../core/once.ts';
import { cnpgCluster, type ServiceSuffix, serviceParts } from '../kinds/cnpg/cluster.ts';
import type { ObjectField, PlacedObject } from '../kinds/kind.ts';
import { coreService } from '../kinds/kubernetes.ts';
import { type PlacedText, placedTexts, textsBelow } from './plain-text.ts';
import { type SecretGraph, secretId } from './secret-graph.ts';

/** A host of a CNPG Cluster in a text: `db-rw`, `db-rw.shop`, `db-rw.shop.svc…`, `db.shop.svc`. */
export interface CnpgHost extends PlacedText {
  /** The Service: with or without one of CNPG's suffixes. */
  readonly service: string;
  /** The namespace behind the name, or else that of the text. */
  readonly namespace: string;
  readonly cnpgCluster: string;
  readonly suffix: ServiceSuffix | undefined;
  readonly port: string | undefined;
}

/** A name, perhaps with a namespace and the cluster's domain behind it, perhaps with a port. */
const HOST =
  /(?<![\w.-])([a-z](?:[-a-z0-9]*[a-z0-9])?)(?:\.([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\.svc(?:\.cluster\.local)?)?)?(?::(\d{2,5}))?(?![\w.-])/g;

/** The hosts in a graph's texts that mean a CNPG Cluster of the set. */
export const cnpgHosts: (graph: SecretGraph) => readonly CnpgHost[] = oncePer(graph => {
  const clusters = new Set(graph.byKind(cnpgCluster).map(({ name }) => name));
  if (clusters.size === 0) return [];
  const texts = placedTexts(graph).filter(({ text }) => text.length <= 10_000);
  return texts.flatMap(placed =>
    [...placed.text.matchAll(HOST)].flatMap(match => hostOf(placed, match, clusters)),
  );
});

function hostOf(
  text: PlacedText,
  [whole, service = '', namespace = text.namespace, port]: RegExpExecArray,
  clusters: ReadonlySet<string>,
): CnpgHost[] {
  const bare = whole.includes('.svc') ? { cnpgCluster: service, suffix: undefined } : undefined;
  const parts = [serviceParts(service), bare].find(
    named => named !== undefined && clusters.has(named.cnpgCluster),
  );
  return parts === undefined ? [] : [{ ...text, service, namespace, ...parts, port }];
}

/** The makers of all Services, by `secretId`. */
export function serviceMakers({ objects }: SecretGraph): Map<string, PlacedObject> {
  const made = objects.flatMap(object =>
    (object.knownKind?.provides?.services?.(object) ?? []).map(
      name => [secretId(object.namespace, name), object] as const,
    ),
  );
  return new Map(made);
}

/** References to Services by their names alone: backends of routes, webhooks, APIs. */
export function serviceRefs({ objects }: SecretGraph): ServiceHost[] {
  return objects
    .filter(({ knownKind }) => knownKind?.fields?.sendsToServices === true)
    .flatMap(object =>
      mapsIn(object.json, []).flatMap(({ map, path }) => refOf(object, map, path) ?? []),
    );
}

function refOf(object: PlacedObject, map: JsonObject, path: Path): ServiceHost | undefined {
  const field = typeof path.at(-1) === 'number' ? path.at(-2) : path.at(-1);
  const service = textAt(map, 'name');
  const { kind } = coreService;
  const isRef =
    field === 'service' || (field === 'backendRefs' && (textAt(map, 'kind') ?? kind) === kind);
  if (!isRef || service === undefined) return undefined;
  const namespace = textAt(map, 'namespace') ?? object.namespace;
  const setting = String(field);
  return { object, path: [...path, 'name'], setting, service, namespace, form: 'full' };
}

/** A host in a text that means a Service, if there is one of that name. */
export interface ServiceHost extends ObjectField {
  readonly service: string;
  readonly namespace: string;
  /** The variable, the option or the field that names it. */
  readonly setting: string;
  /** full: `name.namespace.svc`. dotted: `name.namespace`. short: `name`. pod: `pod.name`, of a headless Service. */
  readonly form: 'full' | 'dotted' | 'short' | 'pod';
}

export interface WrittenHost extends ServiceHost {
  readonly written: string;
  /** Only a host can stand there, as `isHost` says. */
  readonly isSure: boolean;
  readonly hasPort: boolean;
}

/** The hosts in the manifests of a graph, or of some of its objects. */
export function serviceHosts(graph: SecretGraph, only?: ReadonlySet<PlacedObject>): WrittenHost[] {
  const isAsked = (object: PlacedObject): boolean => only?.has(object) ?? true;
  const settings = graph.objects.flatMap(object =>
    textsBelow(object, object.knownKind?.fields?.hosts),
  );
  const texts = [...placedTexts(graph), ...settings].filter(({ object }) => isAsked(object));
  const full = texts.filter(({ text }) => isFull(text));
  const places = new Set(full.map(({ object, path }) => placeKey(object, path)));
  const others = graph.objects
    .filter(isAsked)
    .flatMap(otherTexts)
    .filter(({ object, path }) => !places.has(placeKey(object, path)));
  return [
    ...texts.flatMap(serviceHostsIn),
    ...others.flatMap(serviceHostsIn).filter(({ form }) => form === 'full'),
  ];
}

function placeKey({ kind, namespace, name }: PlacedObject, path: Path): string {
  return JSON.stringify([kind, namespace, name, path]);
}

/** A certificate may be for names that do not exist. */
const CERTIFIED = /DNSNames$/i;

const isFull = (text: string): boolean => text.includes('.svc');

function otherTexts(object: PlacedObject): PlacedText[] {
  // First without paths, for speed: few objects have such a text.
  if (object.knownKind?.fields?.hosts === 'none' || !hasText(object.json, isFull)) return [];
  const { apiVersion: _, kind: _kind, metadata, status: _status, ...rest } = object.json;
  const annotations = textsIn(mapAt(metadata, 'annotations'), ['metadata', 'annotations']);
  return [...textsIn(rest, []), ...annotations]
    .filter(({ text, path }) => isFull(text) && path.at(-1) !== LAST_APPLIED)
    .filter(({ path }) => !path.some(step => CERTIFIED.test(String(step))))
    .map(found => ({ object, namespace: object.namespace, ...found }));
}

/** A whole name of DNS, to which no template adds anything. */
const NAME = /(?<![\w.\-})])[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?(?![\w\-{$])/g;

/** Longer texts are no settings. */
const LONGEST = 200_000;

/** What may be a host in a text. Remembered: most configuration stands in several builds, and on both sides of a diff. */
const hostWords = oncePerText(text => {
  const whole = text.trim();
  const names = text.length > LONGEST ? [] : [...text.matchAll(NAME)];
  return names.flatMap(({ 0: written, index }) => {
    const [isSure, isWhole] = [isHost(text, written, index), whole === written];
    if (!(isSure || isWhole || isFull(written)) || isInComment(text, index)) return [];
    const hasPort = isBeforePort(text, index + written.length);
    return [{ written, isSure, isWhole, hasPort }];
  });
});

function serviceHostsIn({ text, object, path, namespace }: PlacedText): WrittenHost[] {
  return hostWords(text).flatMap(({ isWhole, ...word }) => {
    const setting = settingOf(object, path);
    const isSure = word.isSure || (isWhole && SETTING.test(setting));
    const found = meanings(word.written, namespace).filter(({ form }) => isSure || form === 'full');
    return found.map(meaning => ({ object, path, setting, ...word, isSure, ...meaning }));
  });
}

type Meaning = Pick<ServiceHost, 'service' | 'namespace' | 'form'>;

function meanings(name: string, home: string): Meaning[] {
  const labels = name.split('.');
  const svc = labels.indexOf('svc', 2);
  // `web.shop.svc.clusterset.local` is a Service of several clusters.
  if (labels[svc + 1] === 'clusterset') return [];
  const [first = '', second = '', third = ''] = labels;
  if (svc > 0)
    return [{ service: labels[svc - 2] ?? '', namespace: labels[svc - 1] ?? '', form: 'full' }];
  if (labels.length === 1)
    return /[a-z]/.test(first) ? [{ service: first, namespace: home, form: 'short' }] : [];
  if (labels.length === 2)
    return [
      { service: first, namespace: second, form: 'dotted' },
      { service: second, namespace: home, form: 'pod' },
    ];
  return labels.length === 3 ? [{ service: second, namespace: third, form: 'dotted' }] : [];
}

function isInComment(text: string, index: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', index - 1) + 1, index);
  return /^\s*(#|\/\/|;)/.test(line);
}

const PORT = /^:\d{2,5}(?!\w)/;

/** How every match of `BEFORE` ends: a quick test, which rules out most words of a text. */
const SIGN = /[/@=:h][\s"']*$/i;

/** What stands before a host, and names of settings whose whole value is a host. */
const BEFORE =
  /(:\/\/|@|\s-h\s+|(host(name)?|addr(ess)?|server|endpoint|upstream|broker|url|uri|target|backend|peer)s?["']?\s*[=:]\s*["']?)$/i;
const SETTING =
  /(host(name)?|addr(ess)?|server|endpoint|upstream|broker|url|uri|target|backend|peer|dsn)s?$/i;

function isHost(text: string, name: string, index: number): boolean {
  const end = index + name.length;
  if (/[:@]/.test(text.charAt(end)) && /^(:[^\s/@]*)?@/.test(text.slice(end))) return false; // A login.
  if (isBeforePort(text, end)) return true;
  const before = text.slice(Math.max(0, index - 40), index);
  return SIGN.test(before) && BEFORE.test(before);
}

function isBeforePort(text: string, end: number): boolean {
  return text[end] === ':' && PORT.test(text.slice(end, end + 7));
}

function settingOf({ json }: PlacedObject, path: Path): string {
  const [last, list] = [path.at(-1), path.at(-2)];
  const parent = path.slice(0, -1);
  if (last === 'value') return scalarText(valueAt(json, [...parent, 'name']));
  const isWord = typeof last === 'number' && (list === 'args' || list === 'command');
  if (!isWord) return String(last ?? '');
  return scalarText(valueAt(json, [...parent, last - 1])).replace(/^-h$/, 'host');
}
