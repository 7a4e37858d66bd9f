import type { Path } from '../core/finding.ts';
import { type JsonObject, mapAt, mapsIn, textAt, textsIn, valueAt } from '../core/json.ts';
import { isUnresolved, LAST_APPLIED } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { cnpgCluster, type ServiceSuffix, serviceParts } from '../kinds/cnpg/cluster.ts';
import { coreService } from '../kinds/core/service.ts';
import type { ObjectField, PlacedObject } from '../kinds/kind.ts';
import { isDeclared } from '../world/object-set.ts';
import { mayBeBrought } from './doubts.ts';
import { type PlacedText, placedTexts } from './plain-text.ts';
import { nearestTo, type SecretGraph } from './secret-graph.ts';

/** A host of CNPG that surely is no Service, anywhere in the manifests. */
interface AbsentCnpgHost extends ServiceHost {
  /** The Cluster that is meant; undefined: there are others, and none of that name. */
  readonly home?: PlacedObject;
}

/**
 * Hosts that no Service answers to: those of a Cluster of the set in a namespace where it is not, those that
 * begin like a Cluster of their namespace, and those that end like CNPG's where it has other
 * Clusters, or has objects at all and others have the Clusters. Something that is not known may bring
 * a Service, and then nothing is claimed.
 */
export function absentCnpgHosts(graph: SecretGraph): AbsentCnpgHost[] {
  const clusters = cnpgClusters(graph);
  if (clusters.length === 0) return [];
  const services = serviceMakers(graph);
  const isBrought = mayBeBrought(graph);
  const read = new Set(graph.objects.map(({ namespace }) => namespace));
  const isThere = ({ namespace, service }: ServiceHost): boolean =>
    namespace === '' ||
    services.has(serviceId(namespace, service)) ||
    services.has(serviceId('', service)) ||
    isServiceOutside(graph, { namespace, service }) ||
    isBrought(namespace, service);
  return allServiceHosts(graph).flatMap(host => {
    const meant = isThere(host) ? undefined : meaning(host, clusters, read);
    return meant === undefined ? [] : [{ ...host, ...meant }];
  });
}

/** What a host means among the Clusters; undefined: it may be anything else. */
function meaning(
  { object, form, service, namespace }: ServiceHost,
  clusters: readonly PlacedObject[],
  read: ReadonlySet<string>,
): { readonly home?: PlacedObject } | undefined {
  const parts = serviceParts(service);
  const named = nearestTo(
    object,
    clusters.filter(({ name }) => name === parts?.cnpgCluster),
  );
  if (named !== undefined) return form === 'pod' ? undefined : { home: named };
  const own = clusters.filter(cluster => cluster.namespace === namespace);
  const alike = own.find(({ name }) => form === 'full' && service.startsWith(`${name}-`));
  if (alike !== undefined) return { home: alike };
  if (form === 'pod') return undefined;
  const isUsual = parts?.suffix === 'rw' || parts?.suffix === 'ro';
  const isAmong = own.length > 0 && (isUsual || (parts !== undefined && form === 'full'));
  return isAmong || (isUsual && form !== 'short' && read.has(namespace)) ? {} : undefined;
}

/** A host with a namespace that has no such Service, while one other namespace has it. */
export interface MisplacedHost extends WrittenHost {
  /** What makes the Service. */
  readonly home: PlacedObject;
}

/**
 * Hosts of Services that are in another namespace than they say. A name may be one of any other
 * world: only where a host surely stands, and either something of that namespace is read, or an
 * object of the cluster, which has no namespace to be near, is built along with the Service.
 */
export function misplacedHosts(graph: SecretGraph): MisplacedHost[] {
  const services = serviceMakers(graph);
  const homes = homesOf(services);
  if (homes.size === 0) return [];
  const isBrought = mayBeBrought(graph);
  const read = new Set(graph.objects.map(({ namespace }) => namespace));
  return allServiceHosts(graph).flatMap(host => {
    const { service, namespace } = host;
    const home = homes.get(service);
    if (home === undefined || !isSurely(host)) return [];
    if (services.has(serviceId(namespace, service)) || isServiceOutside(graph, host)) return [];
    const isNear = read.has(namespace) || isAlong(host, home);
    return isNear && !isBrought(namespace, service) ? [{ ...host, home }] : [];
  });
}

function isAlong({ object, form }: WrittenHost, home: PlacedObject): boolean {
  return form === 'full' && object.known?.isOfCluster === true && object.file === home.file;
}

/** Names of the Internet look like `service.namespace` too, but seldom have a port. */
function isSurely({ form, isSure, hasPort, written, setting, ...host }: WrittenHost): boolean {
  if (!isSure || setting === 'externalName') return false;
  return (
    form === 'full' ||
    (form === 'dotted' && hasPort && written === `${host.service}.${host.namespace}`)
  );
}

/** The makers of Services whose names only one namespace has, for sure. */
function homesOf(services: ReadonlyMap<string, PlacedObject>): Map<string, PlacedObject> {
  const homes = new Map<string, PlacedObject | undefined>();
  for (const [id, object] of services) {
    const service = id.slice(id.indexOf('/') + 1);
    const isOnly =
      !homes.has(service) && object.namespace !== '' && !isUnresolved(object.namespace);
    homes.set(service, isOnly ? object : undefined);
  }
  return new Map(
    [...homes].flatMap(([name, object]) => (object === undefined ? [] : [[name, object]])),
  );
}

/** A host of a CNPG cluster, as it is written: `db-rw`, `db-rw.shop`, `db-rw.shop.svc…`, `db.shop.svc`. */
export interface CnpgHost extends PlacedText {
  /** The Service: with or without one of CNPG's suffixes. */
  readonly service: string;
  /** As written; undefined: the pod's own. */
  readonly givenNamespace: string | undefined;
  readonly cnpgCluster: string;
  readonly suffix: ServiceSuffix | undefined;
  readonly port: string | undefined;
}

/** A name, perhaps with a namespace and the cluster's domain behind it, perhaps with a port. */
const HOST =
  /(?<![\w.-])([a-z](?:[-a-z0-9]*[a-z0-9])?)(?:\.([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\.svc(?:\.cluster\.local)?)?)?(?::(\d{2,5}))?(?![\w.-])/g;

/** The hosts in a graph's texts that mean a CNPG Cluster of the set. */
export const cnpgHosts: (graph: SecretGraph) => readonly CnpgHost[] = oncePer(graph => {
  const clusters = new Set(cnpgClusters(graph).map(({ name }) => name));
  if (clusters.size === 0) return [];
  return placedTexts(graph).flatMap(text => hostsIn(text, clusters));
});

/** The CNPG Clusters of the set. */
export function cnpgClusters({ byKind }: SecretGraph): PlacedObject[] {
  return [...byKind(cnpgCluster)];
}

function hostsIn(text: PlacedText, clusters: ReadonlySet<string>): CnpgHost[] {
  if (text.text.length > 10_000) return [];
  return [...text.text.matchAll(HOST)].flatMap(match => hostOf(text, match, clusters));
}

function hostOf(
  text: PlacedText,
  [whole, service = '', givenNamespace, port]: RegExpExecArray,
  clusters: ReadonlySet<string>,
): CnpgHost[] {
  const parts = serviceParts(service);
  if (parts !== undefined && clusters.has(parts.cnpgCluster))
    return [{ ...text, service, givenNamespace, ...parts, port }];
  const isBare = clusters.has(service) && whole.includes('.svc');
  return isBare
    ? [{ ...text, service, givenNamespace, cnpgCluster: service, suffix: undefined, port }]
    : [];
}

/** Every name that a cluster's DNS will know, `namespace/name`, and what makes it. */
export function serviceMakers({ objects }: SecretGraph): Map<string, PlacedObject> {
  const made = objects.flatMap(object =>
    (object.known?.provides?.services?.(object) ?? []).map((name): [string, PlacedObject] => [
      serviceId(object.namespace, name),
      object,
    ]),
  );
  return new Map(made);
}

/** How a Service is named among those of all namespaces. */
export function serviceId(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** Whether a Service is declared to be there, though no manifest shows it. */
export function isServiceOutside(
  { outside }: SecretGraph,
  { namespace, service }: { readonly namespace: string; readonly service: string },
): boolean {
  return isDeclared(outside, 'Service', { namespace, name: service });
}

/** References to Services that are no hosts in a text: backends of routes, webhooks, APIs. */
export function serviceRefs({ objects }: SecretGraph): ServiceHost[] {
  return objects
    .filter(({ known }) => known?.fields?.sendsToServices === true)
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
  return {
    object,
    path: [...path, 'name'],
    setting: String(field),
    service,
    namespace,
    form: 'full',
  };
}

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
interface WrittenHost extends ServiceHost {
  /** The whole name, as it is written. */
  readonly written: string;
  /** It stands where nothing but a host does: in a URL, before a port, or in a setting for one. */
  readonly isSure: boolean;
  readonly hasPort: boolean;
}

/** The hosts in the manifests of a graph. */
const allServiceHosts: (graph: SecretGraph) => readonly WrittenHost[] = oncePer(graph =>
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
    ...texts.flatMap(text => hostsInServiceHosts(text)),
    ...others.flatMap(text => hostsInServiceHosts(text).filter(({ form }) => form === 'full')),
  ];
}

function placeKey({ kind, namespace, name }: PlacedObject, path: Path): string {
  return JSON.stringify([kind, namespace, name, path]);
}

/** Texts in which a short name can be a host, besides what pods and programs' settings have. */
function settingTexts(object: PlacedObject): PlacedText[] {
  const path = object.known?.fields?.hosts;
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
  if (object.known?.fields?.hosts === 'none') return [];
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

function hostsInServiceHosts(placed: PlacedText): WrittenHost[] {
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
