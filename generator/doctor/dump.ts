import type { ObjectName } from '../core/finding.ts';
import { groupBy, isMap, type JsonObject, listAt, mapAt, textAt } from '../core/json.ts';
import { listItems } from '../core/manifests.ts';
import { oncePer } from '../core/once.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { daemonSet, deployment, statefulSet } from '../kinds/apps.ts';
import { job } from '../kinds/batch.ts';
import { CNPG } from '../kinds/cnpg/group.ts';
import {
  type ClusterEvent,
  coreEvent,
  corePod,
  eventOf,
  eventTimes,
  isOver,
  newestFirst,
  type Owner,
  ownersOf,
  selectsObject,
} from '../kinds/core/pod.ts';
import {
  coreSecret,
  isSecretAnswer,
  type SecretMetadata,
  secretMetadata,
  secretsInTable,
} from '../kinds/core/secret.ts';
import { externalSecret } from '../kinds/eso/external-secret.ts';
import { STORES } from '../kinds/eso/stores.ts';
import { type Kind, type PlacedObject, specOf } from '../kinds/kind.ts';
import { placedObject } from '../kinds/placed-object.ts';
import { expectedSecrets } from './expected-secrets.ts';

/** The pods that run for an object of the manifests, of those in a dump that are not over. */
export function livePods(object: PlacedObject, dump: Dump): readonly PlacedObject[] {
  const { owned, homes } = podsIn(dump);
  const known = owned.get(idOf(object.namespace, object));
  if (known !== undefined) return known;
  const live = object.known && dump.find(object.known, object.namespace, object.name);
  const selector = specOf(live ?? object)['selector'];
  if (!isSelector(selector)) return [];
  return (homes.get(object.namespace) ?? []).filter(pod => selectsObject(selector, pod));
}

/** An empty one would select every pod. */
function isSelector(selector: unknown): selector is JsonObject {
  return isMap(selector) && Object.keys(mapAt(selector, 'matchLabels')).length > 0;
}

/** The pods of a dump, by namespace, and by whatever they are or are owned by. */
const podsIn = oncePer((dump: Dump) => {
  const pods = dump.byKind(corePod).filter(pod => !isOver(pod));
  const owned = groupBy(
    pods.flatMap(pod => ownersOver(pod, dump).map(id => ({ id, pod }))),
    ({ id }) => id,
  );
  return {
    homes: groupBy(pods, ({ namespace }) => namespace),
    owned: new Map([...owned].map(([id, all]) => [id, all.map(({ pod }) => pod)])),
  };
});

/** Nothing is owned over more steps: a pod of a Job of a CronJob of an operator's object. */
const STEPS = 4;

/** A pod, its owners, and theirs. */
function ownersOver(pod: PlacedObject, dump: Dump): string[] {
  const ids = new Set([idOf(pod.namespace, pod)]);
  let next: readonly Owner[] = ownersOf(pod);
  for (let step = 0; step < STEPS && next.length > 0; step += 1) {
    for (const owner of next) ids.add(idOf(pod.namespace, owner));
    next = next.flatMap(owner => {
      const live = dump.named(owner.kind, pod.namespace, owner.name);
      return live === undefined ? ownerByName(owner, pod) : ownersOf(live);
    });
  }
  return [...ids];
}

function idOf(namespace: string, { kind, name }: Owner): string {
  return [kind, namespace, name].join('\0');
}

/** A Deployment calls its ReplicaSets after itself and the hash that its pods have as a label. */
function ownerByName({ kind, name }: Owner, { json }: PlacedObject): Owner[] {
  const hash = textAt(mapAt(json, 'metadata', 'labels'), 'pod-template-hash');
  if (kind !== 'ReplicaSet' || hash === undefined || !name.endsWith(`-${hash}`)) return [];
  return [{ kind: 'Deployment', name: name.slice(0, -hash.length - 1) }];
}

/** What is known of a cluster: from what somebody had `kubectl` write down, or what it was asked for just now. */
export interface Dump {
  readonly find: (kind: Kind, namespace: string, name: string) => PlacedObject | undefined;
  readonly byKind: (kind: Kind) => readonly PlacedObject[];
  readonly named: (kind: string, namespace: string, name: string) => PlacedObject | undefined;
  readonly secret: (namespace: string, name: string) => SecretMetadata | undefined;
  /** Whether all objects of a kind in a namespace are in it: what is not there is not in the cluster. */
  readonly hasAll: (kind: Kind, namespace: string) => boolean;
  /** Why that is not so, where somebody said it. */
  readonly whyNot: (kind: Kind, namespace: string) => Refused | undefined;
  /** Something was not given that may be another time. */
  readonly isCut: boolean;
  /** What was told of an object, the newest first. */
  readonly eventsOf: (object: ObjectName) => readonly ClusterEvent[];
  /** The newest time in it, or when the cluster answered: what it says was so then. */
  readonly newest: string | undefined;
  /** How long before that something was. */
  readonly secondsSince: (time: string | undefined) => number | undefined;
  readonly ageOf: (time: string | undefined) => string | undefined;
  /** What tells all this: `the dump`, `the cluster`. */
  readonly teller: string;
}

/** Why a list was not given. */
export interface Refused {
  readonly why: string;
  /** A right is missing: it is so the next time too. */
  readonly isDenied: boolean;
}

/** What is known of documents beside what stands in them. */
interface Asked {
  /** The lists that came whole, empty ones too. */
  readonly whole: readonly ClusterRead[];
  /** Those that did not, and why. */
  readonly refused: ReadonlyMap<ClusterRead, Refused>;
  /** When the cluster answered. */
  readonly now?: string | undefined;
}

/** The dump of these documents, which somebody wrote down or, as asked for, the cluster gave. */
export function dumpOf(documents: readonly DumpDocument[], asked?: Asked): Dump {
  const objects = documents.flatMap(document => [...document.objects]);
  const byName = new Map(
    objects.map(object => [idOfDump(object.kind, object.namespace, object.name), object]),
  );
  const known = new Map(
    objects.map(({ group, kind, namespace, name }, index) => [
      idOfDump(group, kind, namespace, name),
      objects[index],
    ]),
  );
  const ofKinds = groupBy(objects, ({ known }) => known);
  const secrets = new Map(
    documents.flatMap(document =>
      document.secrets.map(one => [idOfDump('', one.namespace, one.name), one] as const),
    ),
  );
  const events = groupBy(
    documents.flatMap(document => [...document.events]),
    ({ of: { kind, namespace = '', name } }) => idOfDump(kind, namespace, name),
  );
  const whole = new Set(asked?.whole.map(readId) ?? documents.flatMap(wholeKinds));
  const refused = new Map([...(asked?.refused ?? [])].map(([read, why]) => [readId(read), why]));
  const newest = asked?.now ?? newestOf(documents.flatMap(document => [...document.times]));
  const secondsSince = (time: string | undefined): number | undefined =>
    secondsBetween(time, newest);
  return {
    find: ({ group, kind }, namespace, name) => known.get(idOfDump(group, kind, namespace, name)),
    named: (kind, namespace, name) => byName.get(idOfDump(kind, namespace, name)),
    byKind: kind => ofKinds.get(kind) ?? [],
    secret: (namespace, name) => secrets.get(idOfDump('', namespace, name)),
    hasAll: ({ group, kind }, namespace) =>
      [namespace, ALL].some(home => whole.has(idOfDump(group, kind, home))),
    whyNot: (kind, namespace) => refused.get(readId({ kind, namespace })),
    isCut: [...refused.values()].some(({ isDenied }) => !isDenied),
    eventsOf: ({ kind, namespace = '', name }) =>
      [...(events.get(idOfDump(kind, namespace, name)) ?? [])].sort(newestFirst),
    newest,
    secondsSince,
    ageOf: time => {
      const seconds = secondsSince(time);
      return seconds === undefined ? undefined : ageText(seconds);
    },
    teller: asked === undefined ? 'the dump' : 'the cluster',
  };
}

/** No namespace is called so. */
const ALL = '*';

function idOfDump(...parts: readonly string[]): string {
  return parts.join('\0');
}

function readId({ kind: { group, kind }, namespace }: ClusterRead): string {
  return idOfDump(group, kind, namespace);
}

/** A List of objects of several namespaces was asked for in all of them. */
function wholeKinds({ isList, objects, secrets }: DumpDocument): string[] {
  if (!isList) return [];
  const placed = [
    ...objects.map(({ group, kind, namespace }) => [idOfDump(group, kind), namespace] as const),
    ...secrets.map(({ namespace }) => [idOfDump('', coreSecret.kind), namespace] as const),
  ];
  return [...groupBy(placed, ([kind]) => kind)].flatMap(([kind, all]) => {
    const namespaces = [...new Set(all.map(([, namespace]) => namespace))];
    return (namespaces.length > 1 ? [ALL] : namespaces).map(namespace => idOfDump(kind, namespace));
  });
}

/** A list of a cluster: all objects of a kind in a namespace; of the cluster's own kinds without one. */
export interface ClusterRead {
  readonly kind: Kind;
  readonly namespace: string;
}

/** What pods come from and how they are, wherever a Secret is expected. */
const IN_EACH: readonly Kind[] = [
  coreSecret,
  coreEvent,
  corePod,
  deployment,
  statefulSet,
  daemonSet,
  job,
];

/** Events of what belongs to no namespace are here. */
const DEFAULT = 'default';

/** The lists that tell how the Secrets are which the own objects of a graph make or need. */
export function clusterReads(graph: SecretGraph, own: ReadonlySet<PlacedObject>): ClusterRead[] {
  const secrets = expectedSecrets(graph, own).filter(({ namespace }) => namespace !== '');
  const homes = secrets.flatMap(({ namespace }) => IN_EACH.map(kind => ({ kind, namespace })));
  const external = secrets.flatMap(secret => secret.external.map(({ namespace }) => namespace));
  const flow = [...external].flatMap(namespace => [
    { kind: externalSecret, namespace },
    ...STORES.map(kind => ({ kind, namespace: kind.isOfCluster === true ? '' : namespace })),
  ]);
  const ends = secrets
    .flatMap(({ node, readers }) => [...(node?.makers ?? []), ...readers])
    .map(({ object }) => object);
  const cnpg = graph.objects.filter(({ group }) => group === CNPG);
  const reads = [...homes, ...flow, ...[...ends, ...cnpg].flatMap(readOf)];
  if (reads.length > 0) reads.push({ kind: coreEvent, namespace: DEFAULT });
  const named = new Map(reads.map(read => [idOfClusterReads(read), read]));
  return [...named.values()].sort((a, b) => (idOfClusterReads(a) < idOfClusterReads(b) ? -1 : 1));
}

/** Of what a chart brings only the pods are in the cluster; a values file is no object at all. */
function readOf({ known, namespace, written }: PlacedObject): ClusterRead[] {
  if (known === undefined || written !== undefined) return [];
  if (known.isOfCluster !== true && namespace === '') return [];
  return [{ kind: known, namespace: known.isOfCluster === true ? '' : namespace }];
}

function idOfClusterReads({ kind: { group, kind }, namespace }: ClusterRead): string {
  return `${namespace} ${group} ${kind}`;
}

/** What one document of a dump holds. Of Secrets nothing but metadata goes any further. */
export interface DumpDocument {
  readonly objects: readonly PlacedObject[];
  readonly secrets: readonly SecretMetadata[];
  readonly events: readonly ClusterEvent[];
  /** It is a whole List: what is not in it, of its kinds and namespaces, is not there. */
  readonly isList: boolean;
  readonly times: readonly string[];
}

/** A document as `kubectl get -o json` or the API server gives it; undefined: it is none of theirs. */
export function dumpDocument(document: unknown): DumpDocument | undefined {
  const secrets = secretsInTable(document);
  if (secrets !== undefined) return tableOf(document, secrets);
  const listed = listItems(document);
  const objects = (listed ?? [document]).flatMap(one => objectIn(one, document, listed));
  if (listed === undefined && objects.length === 0) return undefined;
  const isSecret = ({ apiVersion, kind }: Answer): boolean => isSecretAnswer(apiVersion, kind);
  const others = objects.filter(answer => !isSecret(answer));
  return {
    objects: others.map(({ object, apiVersion, kind }) =>
      placedObject({ metadata: { name: '' }, ...object, apiVersion, kind }, 0, [], ''),
    ),
    secrets: objects.filter(isSecret).map(({ object }) => secretMetadata(object)),
    events: others.flatMap(
      ({ object, apiVersion, kind }) => eventOf({ ...object, apiVersion, kind }) ?? [],
    ),
    isList: listed !== undefined && isWhole(document),
    times: objects.flatMap(({ object }) => [...timesIn(object), ...eventTimes(object)]),
  };
}

function tableOf(document: unknown, secrets: readonly SecretMetadata[]): DumpDocument {
  const times = secrets.flatMap(({ created, written }) => [created ?? [], written ?? []].flat());
  return { objects: [], secrets, events: [], isList: isWhole(document), times };
}

/** It is no page of a longer one. */
function isWhole(document: unknown): boolean {
  return !textAt(document, 'metadata', 'continue');
}

interface Answer {
  readonly object: JsonObject;
  readonly apiVersion: string;
  readonly kind: string;
}

/** The items of a typed list do not say what they are. A List in a List is nothing that anybody gives. */
function objectIn(one: unknown, list: unknown, listed: unknown): Answer[] {
  if (!isMap(one)) return [];
  const ofList = listed === undefined ? '' : (textAt(list, 'kind') ?? '').slice(0, -'List'.length);
  const kind = textAt(one, 'kind') ?? ofList;
  const apiVersion = textAt(one, 'apiVersion') ?? textAt(list, 'apiVersion');
  if (kind === '' || apiVersion === undefined || !isMap(one['metadata'])) return [];
  return [{ object: one, apiVersion, kind }];
}

/** As the API server writes times; those of Leases and Events have fractions. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** The times in an object that have been: when it was made, written, looked at and started. */
function timesIn(object: JsonObject): string[] {
  const status = isMap(object['status']) ? object['status'] : {};
  const found = [
    textAt(object, 'metadata', 'creationTimestamp'),
    ...listAt(object, 'metadata', 'managedFields').map(entry => textAt(entry, 'time')),
    ...listAt(status, 'conditions').map(entry => textAt(entry, 'lastTransitionTime')),
    textAt(status, 'refreshTime'),
    textAt(status, 'startTime'),
    ...listAt(status, 'containerStatuses').map(entry =>
      textAt(entry, 'state', 'running', 'startedAt'),
    ),
  ];
  return found.filter(time => time !== undefined);
}

/** The newest of these times; undefined: none is one. */
function newestOf(times: readonly string[]): string | undefined {
  return times.reduce<string | undefined>((newest, time) => {
    if (!TIME.test(time) || Number.isNaN(Date.parse(time))) return newest;
    return newest === undefined || Date.parse(time) > Date.parse(newest) ? time : newest;
  }, undefined);
}

/** The seconds from one time to another; undefined: one of them is none. */
export function secondsBetween(
  before: string | undefined,
  after: string | undefined,
): number | undefined {
  if (!TIME.test(before ?? '') || !TIME.test(after ?? '')) return undefined;
  const seconds = (Date.parse(after ?? '') - Date.parse(before ?? '')) / 1000;
  return Number.isNaN(seconds) ? undefined : seconds;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
] as const;

/** How long that is, as kubectl has it: `3d`, `12m`, `40s`. */
export function ageText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [unit, size] = UNITS.find(([, length]) => whole >= 2 * length) ?? ['s', 1];
  return `${Math.floor(whole / size)}${unit}`;
}
