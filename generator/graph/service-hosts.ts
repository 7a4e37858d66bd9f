import type { Path } from '../ground/finding.ts';
import { mapAt, valueAt } from '../ground/json.ts';
import { textsIn } from '../ground/json-walk.ts';
import { LAST_APPLIED } from '../ground/observed.ts';
import { oncePer } from '../ground/once-per.ts';
import type { ObjectField, PlacedObject } from '../kinds/kind.ts';
import { type PlacedText, placedTexts } from './placed-texts.ts';
import type { SecretGraph } from './secret-graph.ts';

/** A host in a text that means a Service, if there is one of that name. */
export interface ServiceHost extends ObjectField {
  readonly service: string;
  readonly namespace: string;
  /** The variable, the option or the field that names it. */
  readonly setting: string;
  /**
   * full: `name.namespace.svc`, which can be nothing but a Service. dotted: `name.namespace`.
   * short: `name`. pod: `pod.name`, where a headless Service gives its pods names.
   */
  readonly form: 'full' | 'dotted' | 'short' | 'pod';
}

/** The same, with how it stands in its text. */
export interface WrittenHost extends ServiceHost {
  /** The whole name, as it is written. */
  readonly written: string;
  /** It stands where nothing but a host does: in a URL, before a port, or in a setting for one. */
  readonly isSure: boolean;
  readonly hasPort: boolean;
}

/** The hosts in the manifests of a graph. */
export const allServiceHosts: (graph: SecretGraph) => readonly WrittenHost[] = oncePer(graph =>
  serviceHosts(graph),
);

/** The same, or those in the manifests of some objects. */
export function serviceHosts(graph: SecretGraph, only?: ReadonlySet<PlacedObject>): WrittenHost[] {
  const isWanted = ({ object }: { readonly object: PlacedObject }): boolean =>
    only?.has(object) ?? true;
  const settings = graph.objects.flatMap(settingTexts);
  const texts = [...placedTexts(graph), ...settings].filter(isWanted);
  const objects =
    only === undefined ? graph.objects : graph.objects.filter(object => only.has(object));
  const seen = new Set(texts.map(({ object, path }) => placeKey(object, path)));
  const others = objects
    .flatMap(otherTexts)
    .filter(({ object, path }) => !seen.has(placeKey(object, path)));
  return [
    ...texts.flatMap(text => hostsIn(text)),
    ...others.flatMap(text => hostsIn(text).filter(({ form }) => form === 'full')),
  ];
}

function placeKey({ kind, namespace, name }: PlacedObject, path: Path): string {
  return JSON.stringify([kind, namespace, name, path]);
}

/** Texts in which a short name can be a host, besides what pods and programs' settings have. */
function settingTexts(object: PlacedObject): PlacedText[] {
  const path = object.known?.hosts;
  if (path === undefined || path === 'none') return [];
  return textsIn(valueAt(object.json, path), path).map(found => ({
    object,
    namespace: object.namespace,
    ...found,
  }));
}

/** Names that a certificate is for need not be there. */
const CERTIFIED = /DNSNames$/i;

/** Any text of an object: stores, external clusters and the like name hosts too. */
function otherTexts(object: PlacedObject): PlacedText[] {
  if (object.known?.hosts === 'none') return [];
  const { apiVersion: _, kind: _kind, metadata, status: _status, ...rest } = object.json;
  const annotations = textsIn(mapAt(metadata, 'annotations'), ['metadata', 'annotations']);
  return [...textsIn(rest, []), ...annotations]
    .filter(({ text, path }) => text.includes('.svc') && path.at(-1) !== LAST_APPLIED)
    .filter(({ path }) => !path.some(step => CERTIFIED.test(String(step))))
    .map(found => ({ object, namespace: object.namespace, ...found }));
}

/** A name of DNS, whole: nothing that a template fills in stands before or behind it. */
const NAME = /(?<![\w.\-})])[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?(?![\w\-{$])/g;

/** Longer texts are no settings. */
const LONGEST = 200_000;

function hostsIn(placed: PlacedText): WrittenHost[] {
  const { text, object, path } = placed;
  if (text.length > LONGEST) return [];
  const setting = settingOf(object, path);
  return [...text.matchAll(NAME)].flatMap(({ 0: name, index }) => {
    if (isInComment(text, index)) return [];
    const isSure = isHost(text, name, index, setting);
    const hasPort = PORT.test(text.slice(index + name.length));
    return meanings(name, placed.namespace)
      .filter(({ form }) => form === 'full' || isSure)
      .map(meaning => ({ object, path, setting, written: name, isSure, hasPort, ...meaning }));
  });
}

type Meaning = Pick<ServiceHost, 'service' | 'namespace' | 'form'>;

/** The Services that a name can mean. */
function meanings(name: string, own: string): Meaning[] {
  const labels = name.split('.');
  const svc = labels.indexOf('svc', 2);
  // A name of several clusters is none of this one.
  if (labels[svc + 1] === 'clusterset') return [];
  const [first = '', second = '', third = ''] = labels;
  if (svc > 0)
    return [{ service: labels[svc - 2] ?? '', namespace: labels[svc - 1] ?? '', form: 'full' }];
  if (labels.length === 1)
    return /[a-z]/.test(first) ? [{ service: first, namespace: own, form: 'short' }] : [];
  if (labels.length === 2)
    return [
      { service: first, namespace: second, form: 'dotted' },
      { service: second, namespace: own, form: 'pod' },
    ];
  return labels.length === 3 ? [{ service: second, namespace: third, form: 'dotted' }] : [];
}

function isInComment(text: string, index: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', index - 1) + 1, index);
  return /^\s*(#|\/\/|;)/.test(line);
}

const PORT = /^:\d{2,5}(?!\w)/;

/** What is before a host, and what a setting that is nothing but a host is called. */
const BEFORE =
  /(:\/\/|@|\s-h\s+|(host(name)?|addr(ess)?|server|endpoint|upstream|broker|url|uri|target|backend|peer)s?["']?\s*[=:]\s*["']?)$/i;
const SETTING =
  /(host(name)?|addr(ess)?|server|endpoint|upstream|broker|url|uri|target|backend|peer|dsn)s?$/i;

/** Whether a name stands where hosts do: in a URL, before a port, or in a setting for one. */
function isHost(text: string, name: string, index: number, setting: string): boolean {
  const before = text.slice(Math.max(0, index - 40), index);
  const after = text.slice(index + name.length);
  if (/^(:[^\s/@]*)?@/.test(after)) return false; // A login.
  if (PORT.test(after) || BEFORE.test(before)) return true;
  return text.trim() === name && SETTING.test(setting);
}

function settingOf({ json }: PlacedObject, path: Path): string {
  const [last, list] = [path.at(-1), path.at(-2)];
  const parent = path.slice(0, -1);
  if (last === 'value') return String(valueAt(json, [...parent, 'name']) ?? '');
  const isWord = typeof last === 'number' && (list === 'args' || list === 'command');
  if (!isWord) return String(last ?? '');
  return String(valueAt(json, [...parent, last - 1]) ?? '').replace(/^-h$/, 'host');
}
