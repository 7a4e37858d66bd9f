import type { NamespacedName, ObjectName } from '../core/finding.ts';
import type { JsonObject } from '../core/json.ts';
import { firstOfEach, groupBy, isMap, listAt, mapAt, sortBy, textAt } from '../core/json.ts';
import { isUnresolved, listItems } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import type { Reader, SecretGraph, SecretNode } from '../graph/secret-graph.ts';
import { findSecret, secretId } from '../graph/secret-graph.ts';
import { daemonSet, deployment, statefulSet } from '../kinds/apps.ts';
import { argoApplication } from '../kinds/argocd/application.ts';
import { job } from '../kinds/batch.ts';
import { CNPG } from '../kinds/cnpg/group.ts';
import type { ClusterEvent, Owner } from '../kinds/core/pod.ts';
import {
  coreEvent,
  corePod,
  eventOf,
  eventTimes,
  isOver,
  newestFirst,
  ownersOf,
  selectsObject,
} from '../kinds/core/pod.ts';
import type { SecretMetadata } from '../kinds/core/secret.ts';
import { coreSecret, isSecret, secretMetadata, secretsInTable } from '../kinds/core/secret.ts';
import { externalSecret } from '../kinds/eso/external-secret.ts';
import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';
import { STORES } from '../kinds/eso/stores.ts';
import { type Kind, type ObjectField, type PlacedObject, specOf } from '../kinds/kind.ts';
import { placedObject } from '../kinds/kinds.ts';

/** The state of a cluster: what `kubectl` wrote into files, or what the API server has just answered. */
export interface Dump {
  readonly find: (kind: Kind, namespace: string, name: string) => PlacedObject | undefined;
  /** The object in the cluster with the kind and name of one of the manifests. */
  readonly live: (object: PlacedObject) => PlacedObject | undefined;
  readonly byKind: (kind: Kind) => readonly PlacedObject[];
  /** The same without the group, as owners of pods are named. */
  readonly named: (kind: string, namespace: string, name: string) => PlacedObject | undefined;
  readonly secret: (name: NamespacedName) => SecretMetadata | undefined;
  /** Whether it has all objects of a kind in a namespace, so that an object it lacks is not in the cluster. */
  readonly hasAll: (kind: Kind, namespace: string) => boolean;
  /** Whether an object of the manifests is surely not in the cluster. */
  readonly lacks: (object: PlacedObject) => boolean;
  readonly whyNot: (kind: Kind, namespace: string) => Refused | undefined;
  /** A list was refused for a reason that may pass, or a file could not be read. */
  readonly isCut: boolean;
  readonly eventsOf: (object: ObjectName) => readonly ClusterEvent[];
  /** The time that the dump describes: when the cluster answered, or the newest time in the files. */
  readonly newest: string | undefined;
  /** How long before `newest` a time is. */
  readonly secondsSince: (time: string | undefined) => number | undefined;
  readonly ageOf: (time: string | undefined) => string | undefined;
  /** How sentences call it: `the dump`, `the cluster`. */
  readonly title: string;
}

export interface Refused {
  readonly why: string;
  /** A right is missing: the list is refused the next time too. */
  readonly isDenied: boolean;
}

interface Answers {
  readonly whole: readonly ClusterRead[];
  readonly refused: ReadonlyMap<ClusterRead, Refused>;
  readonly now?: string | undefined;
}

/** The dump of these documents; `answers` is absent where they are files, of which some may not be readable. */
export function dumpOf(documents: readonly DumpDocument[], answers?: Answers, isCut = false): Dump {
  const objects = documents.flatMap(document => document.objects);
  const nameOf = ({ kind, namespace, name }: PlacedObject): string => idOf(kind, namespace, name);
  const byName = new Map(objects.map(object => [nameOf(object), object]));
  const byId = new Map(objects.map(object => [idOf(object.group, nameOf(object)), object]));
  const byKind = groupBy(objects, ({ knownKind }) => knownKind);
  const metadata = documents.flatMap(document => document.secrets);
  const secrets = new Map(metadata.map(secret => [idOf(secret.namespace, secret.name), secret]));
  const events = groupBy(
    documents.flatMap(document => document.events),
    ({ of: { kind, namespace = '', name } }) => idOf(kind, namespace, name),
  );
  const whole = new Set(answers?.whole.map(readId) ?? documents.flatMap(wholeKinds));
  const refused = new Map([...(answers?.refused ?? [])].map(([read, why]) => [readId(read), why]));
  const newest = answers?.now ?? newestOf(documents.flatMap(document => document.times));
  const secondsSince: Dump['secondsSince'] = time => secondsBetween(time, newest);
  const find: Dump['find'] = ({ group, kind }, namespace, name) =>
    byId.get(idOf(group, kind, namespace, name));
  const live: Dump['live'] = ({ knownKind, namespace, name }) =>
    knownKind && find(knownKind, namespace, name);
  const hasAll: Dump['hasAll'] = (kind, namespace) =>
    [namespace, ALL].some(home => whole.has(readId({ kind, namespace: home })));
  return {
    find,
    live,
    named: (kind, namespace, name) => byName.get(idOf(kind, namespace, name)),
    byKind: kind => byKind.get(kind) ?? [],
    secret: ({ namespace, name }) => secrets.get(idOf(namespace, name)),
    hasAll,
    lacks: object =>
      object.knownKind !== undefined &&
      live(object) === undefined &&
      hasAll(object.knownKind, object.namespace),
    whyNot: (kind, namespace) => refused.get(readId({ kind, namespace })),
    isCut: isCut || [...refused.values()].some(({ isDenied }) => !isDenied),
    eventsOf: ({ kind, namespace = '', name }) =>
      [...(events.get(idOf(kind, namespace, name)) ?? [])].sort(newestFirst),
    newest,
    secondsSince,
    ageOf: time => {
      const seconds = secondsSince(time);
      return seconds === undefined ? undefined : ageText(seconds);
    },
    title: answers === undefined ? 'the dump' : 'the cluster',
  };
}

/** Stands for all namespaces. No namespace can have this name. */
const ALL = '*';

function idOf(...parts: readonly string[]): string {
  return parts.join('\0');
}

function readId({ kind: { group, kind }, namespace }: ClusterRead): string {
  return idOf(group, kind, namespace);
}

/** The lists that are whole in a file: of a List with objects of several namespaces, those of all namespaces. */
function wholeKinds({ isList, objects, secrets }: DumpDocument): string[] {
  if (!isList) return [];
  const placed = [
    ...objects.map(({ group, kind, namespace }) => [idOf(group, kind), namespace] as const),
    ...secrets.map(({ namespace }) => [idOf('', coreSecret.kind), namespace] as const),
  ];
  return [...groupBy(placed, ([kind]) => kind)].flatMap(([kind, all]) => {
    const namespaces = [...new Set(all.map(([, namespace]) => namespace))];
    return (namespaces.length > 1 ? [ALL] : namespaces).map(namespace => idOf(kind, namespace));
  });
}

/** The pods of a dump that run for an object of the manifests. */
export function livePods(object: PlacedObject, dump: Dump): readonly PlacedObject[] {
  const { byOwner, byNamespace } = podsIn(dump);
  const owned = byOwner.get(idOf(object.kind, object.namespace, object.name));
  if (owned !== undefined) return owned.map(({ pod }) => pod);
  const selector = specOf(dump.live(object) ?? object)['selector'];
  // An empty selector would select every pod.
  if (!isMap(selector) || Object.keys(mapAt(selector, 'matchLabels')).length === 0) return [];
  return (byNamespace.get(object.namespace) ?? []).filter(pod => selectsObject(selector, pod));
}

const podsIn = oncePer((dump: Dump) => {
  const pods = dump.byKind(corePod).filter(pod => !isOver(pod));
  const owned = pods.flatMap(pod => ownersAbove(pod, dump).map(id => ({ id, pod })));
  return {
    byNamespace: groupBy(pods, ({ namespace }) => namespace),
    byOwner: groupBy(owned, ({ id }) => id),
  };
});

function ownersAbove(pod: PlacedObject, dump: Dump): string[] {
  const ids = new Set([idOf(pod.kind, pod.namespace, pod.name)]);
  let next: readonly Owner[] = ownersOf(pod);
  // The most are above a pod of a Job of a CronJob of an operator's object.
  for (let step = 0; step < 4 && next.length > 0; step += 1) {
    for (const owner of next) ids.add(idOf(owner.kind, pod.namespace, owner.name));
    next = next.flatMap(owner => {
      const live = dump.named(owner.kind, pod.namespace, owner.name);
      return live === undefined ? ownerByName(owner, pod) : ownersOf(live);
    });
  }
  return [...ids];
}

/** A Deployment names its ReplicaSets by its own name and the hash that their pods have as a label. */
function ownerByName({ kind, name }: Owner, { json }: PlacedObject): Owner[] {
  const hash = textAt(mapAt(json, 'metadata', 'labels'), 'pod-template-hash');
  if (kind !== 'ReplicaSet' || hash === undefined || !name.endsWith(`-${hash}`)) return [];
  return [{ kind: 'Deployment', name: name.slice(0, -hash.length - 1) }];
}

/** A list of a cluster: all objects of a kind in a namespace, or those of the whole cluster without one. */
export type ClusterRead = { readonly kind: Kind; readonly namespace: string };

const IN_EACH = [coreSecret, coreEvent, corePod, deployment, statefulSet, daemonSet, job];

/** The lists to read for the Secrets that a graph's manifests expect. */
export function clusterReads(graph: SecretGraph, all: readonly ExpectedSecret[]): ClusterRead[] {
  const secrets = all.filter(({ namespace }) => namespace !== '');
  const cnpg = graph.objects.filter(({ group }) => group === CNPG);
  const external = secrets.flatMap(secret => secret.external);
  const reads: ClusterRead[] = [
    ...secrets.flatMap(({ namespace }) => IN_EACH.map(kind => ({ kind, namespace }))),
    ...external.flatMap(({ namespace }) => [
      { kind: externalSecret, namespace },
      ...STORES.map(kind => ({ kind, namespace: kind.isOfCluster === true ? '' : namespace })),
    ]),
    ...[
      ...secrets.flatMap(objectsAround),
      ...cnpg,
      ...graph.byKind(argoApplication), // They say why an object was not applied.
    ].flatMap(readOf),
  ];
  // Kubernetes puts events of objects that are in no namespace there.
  if (reads.length > 0) reads.push({ kind: coreEvent, namespace: 'default' });
  const textOf = ({ kind, namespace }: ClusterRead) => `${namespace} ${kind.group} ${kind.kind}`;
  return sortBy(firstOfEach(reads, textOf), textOf);
}

/** The list that has an object. Nothing for objects written by a chart: a values file is no object. */
function readOf({ knownKind: kind, namespace, written }: PlacedObject): ClusterRead[] {
  if (kind === undefined || written !== undefined) return [];
  return namespace === '' && kind.isOfCluster !== true ? [] : [{ kind, namespace }];
}

/** A Secret that has to be in the cluster, with the place of its first maker in the manifests, or else of its first reader. */
export interface ExpectedSecret extends NamespacedName, ObjectField {
  readonly node?: SecretNode | undefined;
  readonly external: readonly ExternalSecret[];
  readonly readers: readonly Reader[];
}

/** The objects that make and read a Secret. */
export function objectsAround({ node, readers }: ExpectedSecret): PlacedObject[] {
  return [...(node?.makers ?? []), ...readers].map(({ object }) => object);
}

/** All Secrets that the shown objects of a graph make or need, by namespace and name. */
export function expectedSecrets(
  graph: SecretGraph,
  shown: ReadonlySet<PlacedObject>,
): ExpectedSecret[] {
  const isShown = ({ object }: { readonly object: PlacedObject }): boolean =>
    shown.has(object.written?.by ?? object);
  const readers = groupBy(graph.readers.filter(isShown), ({ namespace, secret }) =>
    secretId(namespace, secret),
  );
  const writing = graph.externalSecrets.filter(({ creationPolicy }) => creationPolicy !== 'None');
  const external = groupBy(writing, ({ namespace, target }) => secretId(namespace, target));
  const made = [...graph.secrets.values()].filter(({ makers }) =>
    makers.some(maker => isShown(maker) && maker.isInternal !== true),
  );
  const needed = [...readers.values()].flatMap(all => all.find(read => !read.isOptional) ?? []);
  const all = [...made, ...needed.map(({ namespace, secret: name }) => ({ namespace, name }))];
  const names = new Map(
    all
      .filter(({ namespace, name }) => name !== '' && ![namespace, name].some(isUnresolved))
      .map(secret => [secretId(secret.namespace, secret.name), secret]),
  );
  return sortBy([...names], ([id]) => id).flatMap(([id, { namespace, name }]) => {
    const node = findSecret(graph, namespace, name);
    const [place] = [...(node?.makers ?? []), ...(readers.get(id) ?? [])];
    if (place === undefined) return [];
    const ends = { external: external.get(id) ?? [], readers: readers.get(id) ?? [] };
    return { namespace, name, node, ...ends, object: place.object, path: place.path };
  });
}

/** The content of one document of a dump, with only the metadata of Secrets. */
export interface DumpDocument {
  readonly objects: readonly PlacedObject[];
  readonly secrets: readonly SecretMetadata[];
  readonly events: readonly ClusterEvent[];
  /** It is a complete List: objects of its kinds and namespaces that it lacks are not in the cluster. */
  readonly isList: boolean;
  readonly times: readonly string[];
}

/** A document of `kubectl get -o json` or of the API server; undefined: it is neither. */
export function dumpDocument(document: unknown): DumpDocument | undefined {
  const secrets = secretsInTable(document);
  const isWhole = !textAt(document, 'metadata', 'continue');
  if (secrets !== undefined) {
    const times = secrets.flatMap(({ created, written }) => [created ?? [], written ?? []].flat());
    return { objects: [], secrets, events: [], isList: isWhole, times };
  }
  const items = listItems(document);
  const all = (items ?? [document]).flatMap(item => objectIn(item, document, items));
  if (items === undefined && all.length === 0) return undefined;
  const others = all.filter(object => !isSecret(object));
  return {
    objects: others.map(object => placedObject({ metadata: { name: '' }, ...object }, 0, [], '')),
    secrets: all.filter(isSecret).map(object => secretMetadata(object)),
    events: others.flatMap(object => eventOf(object) ?? []),
    isList: items !== undefined && isWhole,
    times: all.flatMap(object => [...timesIn(object), ...eventTimes(object)]),
  };
}

type Answer = JsonObject & Readonly<Record<'apiVersion' | 'kind', string>>;

/** Items of a typed list such as PodList do not name their kind. A List in a List does not occur. */
function objectIn(item: unknown, list: unknown, items: unknown): Answer[] {
  if (!isMap(item)) return [];
  const ofList = items === undefined ? '' : (textAt(list, 'kind') ?? '').slice(0, -'List'.length);
  const kind = textAt(item, 'kind') ?? ofList;
  const apiVersion = textAt(item, 'apiVersion') ?? textAt(list, 'apiVersion');
  if (kind === '' || apiVersion === undefined || !isMap(item['metadata'])) return [];
  return [{ ...item, apiVersion, kind }];
}

/** A time as the API server writes it; those of Leases and Events have fractions. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** The times of an object that lie in the past: when it was made, written, looked at and started. */
function timesIn(object: JsonObject): string[] {
  const status = mapAt(object, 'status');
  const containers = listAt(status, 'containerStatuses');
  return [
    textAt(object, 'metadata', 'creationTimestamp'),
    ...listAt(object, 'metadata', 'managedFields').map(entry => textAt(entry, 'time')),
    ...listAt(status, 'conditions').map(entry => textAt(entry, 'lastTransitionTime')),
    textAt(status, 'refreshTime'),
    textAt(status, 'startTime'),
    ...containers.map(entry => textAt(entry, 'state', 'running', 'startedAt')),
  ].filter(time => time !== undefined);
}

function newestOf(times: readonly string[]): string | undefined {
  return times
    .filter(time => secondsBetween(time, time) === 0)
    .reduce<string | undefined>(
      (newest, time) => ((secondsBetween(newest, time) ?? 1) > 0 ? time : newest),
      undefined,
    );
}

/** The seconds from one time to another; undefined: one of them is no time. */
export function secondsBetween(before = '', after = ''): number | undefined {
  if (!TIME.test(before) || !TIME.test(after)) return undefined;
  const seconds = (Date.parse(after) - Date.parse(before)) / 1000;
  return Number.isNaN(seconds) ? undefined : seconds;
}

const UNITS = Object.entries({ d: 86_400, h: 3600, m: 60 });

/** A duration as kubectl writes it: `3d`, `12m`, `40s`. */
export function ageText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [unit, size] = UNITS.find(([, length]) => whole >= 2 * length) ?? ['s', 1];
  return `${Math.floor(whole / size)}${unit}`;
}
