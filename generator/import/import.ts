import { isMap, type Json, type JsonObject, listAt, mapAt, textAt } from '../core/json.ts';
import { asJson, type KubeObject } from '../core/kube-object.ts';
import { clusterSecretStore } from '../kinds/eso/stores.ts';
import { type PlacedObject, specOf } from '../kinds/kind.ts';
import { placedObject } from '../kinds/placed-object.ts';
import { podOf, podReads } from '../kinds/pods.ts';
import type { Omission } from '../spec/spec.ts';
import { type Alternative, type Form, given, type Section } from './forms/form.ts';
import { FORMS } from './forms/forms.ts';
import { type Choices, DECLARED, type EntryName, isRefused, whyLonger } from './minimal-patch.ts';
import { type ResourceName, resourceWays } from './spec-text.ts';
import { hasValues, valueKeys, type Wanted, withObjects } from './wanted.ts';

/** Environments with what they share, and no overlay of their clusters any more. */
interface Joined {
  readonly all: readonly Wanted[];
  /** The cluster of each environment that shares one. */
  readonly clusterOf: ReadonlyMap<string, string>;
}

/**
 * Takes the overlay of a cluster for what it is: stores that are open to the namespaces of several
 * environments, which have none of that name themselves. Each environment then has the store, as if it were
 * open to it alone.
 */
export function joinedClusters(all: readonly Wanted[]): Joined {
  const clusters = all.filter(one => one.name !== '' && one.objects.every(isOpenTo));
  if (clusters.length === 0) return { all, clusterOf: new Map() };
  const clusterOf = new Map<string, string>();
  const rest = all.filter(one => !clusters.includes(one));
  const environments = rest.map(wanted => {
    const [cluster, ...others] = clusters.filter(one => isMember(wanted, one));
    if (cluster === undefined || others.length > 0) return wanted;
    clusterOf.set(wanted.name, cluster.name);
    const stores = cluster.objects.filter(store => namespacesOf(store).includes(wanted.namespace));
    return withObjects(
      wanted,
      stores.map(store => openTo(wanted.namespace, store)),
    );
  });
  const isShared = clusters.every(
    ({ name }) => [...clusterOf.values()].filter(one => one === name).length > 1,
  );
  return isShared ? { all: environments, clusterOf } : { all, clusterOf: new Map() };
}

/** The names of the stores that environments have been given. */
export function sharedStores(own: readonly Wanted[], all: readonly Wanted[]): string[] {
  const names = new Set(own.map(({ name }) => name));
  return all.flatMap(({ name, objects }) =>
    names.has(name) ? [] : objects.map(object => object.name),
  );
}

/**
 * A spec without the patches of some stores: what an environment would need for a store of its own, such as its
 * sync wave, may be just what the cluster's has.
 */
export function unpatched(spec: JsonObject, stores: readonly string[]): JsonObject {
  const change = (part: JsonObject): JsonObject => {
    const own = Object.entries(mapAt(part, 'stores')).flatMap(([name, store]): [string, Json][] => {
      if (!stores.includes(name) || !isMap(store) || !('patch' in store)) return [[name, store]];
      const { patch: _, ...rest } = store;
      return Object.keys(rest).length === 0 ? [] : [[name, rest]];
    });
    const { stores: _, ...others } = part;
    return own.length === 0 ? others : { ...part, stores: Object.fromEntries(own) };
  };
  const environments = Object.entries(mapAt(spec, 'environments')).map(
    ([name, part]): [string, Json] => [name, isMap(part) ? change(part) : part],
  );
  return {
    ...change(spec),
    ...(environments.length > 0 && { environments: Object.fromEntries(environments) }),
  };
}

function isMember(wanted: Wanted, { objects }: Wanted): boolean {
  const isServed = objects.some(store => namespacesOf(store).includes(wanted.namespace));
  return isServed && objects.every(({ kind, name }) => wanted.find(kind, name) === undefined);
}

function isOpenTo(object: PlacedObject): boolean {
  return object.known === clusterSecretStore && namespacesOf(object).length > 0;
}

/** The namespaces that a store is open to, where it names them. */
function namespacesOf(store: PlacedObject): readonly unknown[] {
  return listAt(specOf(store), 'conditions').flatMap(one => [...listAt(one, 'namespaces')]);
}

function openTo(namespace: string, store: PlacedObject): PlacedObject {
  const { apiVersion, kind, metadata } = store.json;
  const spec = { ...specOf(store), conditions: [{ namespaces: [namespace] }] };
  const object: KubeObject = { ...asJson(store.json), apiVersion, kind, metadata, spec };
  return placedObject(object, store.file, store.path, namespace);
}

/** The `spec` of one environment, with nothing under `environments`. */
export type WholeSpec = JsonObject;

/** A draft as a spec: its entries, the Secrets that people make, and what is outside. */
export function specOfDraft(draft: Draft, choices: Choices): WholeSpec {
  const { entries, wanted } = draft;
  const section = (name: DraftEntry['section']): JsonObject =>
    Object.fromEntries(
      entries.filter(one => one.section === name).map(one => [one.name, said(one.entry)]),
    );
  return given({
    namespace: wanted.namespace,
    omit: omissions(wanted, choices),
    stores: { ...outsideStores(draft), ...section('stores') },
    databases: section('databases'),
    secrets: {
      ...outsideEntries(wanted, choices),
      ...handMadeEntries(draft, choices),
      ...section('secrets'),
    },
    workloads: section('workloads'),
    resources: section('resources'),
  });
}

/** Fields of an entry in terms in which null may mean something. */
const OWN_TERMS: ReadonlySet<string> = new Set(['patch', 'object', 'objects', 'config']);

/** An entry without nulls: they say nothing, and in an environment would take away what the base has not. */
function said(entry: JsonObject): JsonObject {
  const own = Object.entries(entry).filter(([name]) => OWN_TERMS.has(name));
  return { ...withoutNulls(entry), ...Object.fromEntries(own) };
}

function withoutNulls(map: JsonObject): JsonObject {
  const fields = Object.entries(map).filter(([, value]) => value !== null);
  return Object.fromEntries(
    fields.map(([name, value]) => [name, isMap(value) ? withoutNulls(value) : value]),
  );
}

/** No Namespace is made where none is there, or where its own is under `resources`. */
function omissions({ find, namespace }: Wanted, { omit }: Choices): readonly Omission[] {
  const isThere = find('Namespace', namespace) !== undefined;
  return isThere ? omit : [...omit, 'namespace' as const].sort();
}

function handMadeEntries({ handMade, wanted }: Draft, choices: Choices): JsonObject {
  const own = handMade.filter(
    object =>
      object.namespace === wanted.namespace &&
      !isRefused(choices, { section: 'secrets', name: object.name }, DECLARED),
  );
  return Object.fromEntries(own.map(object => [object.name, { manual: valueKeys(object) }]));
}

/** Stores that secrets of the spec name, and that nothing in it makes. */
function outsideStores({ entries }: Draft): JsonObject {
  const made = new Set(
    entries.filter(({ section }) => section === 'stores').map(({ name }) => name),
  );
  const stores = entries
    .filter(({ section }) => section === 'secrets')
    .flatMap(({ covers }) => covers.slice(0, 1))
    .flatMap((object): [string, JsonObject][] => {
      const name = textAt(specOf(object), 'secretStoreRef', 'name');
      if (name === undefined || made.has(name)) return [];
      const kind = textAt(specOf(object), 'secretStoreRef', 'kind') ?? 'SecretStore';
      const isCluster = kind === 'ClusterSecretStore';
      return [[name, { ...(!isCluster && { kind }), external: true }]];
    });
  return Object.fromEntries(stores);
}

/** A spec as a document. */
export function documentOf(name: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'rem-secrets.io/v1alpha1', kind: 'RemSecrets', metadata: { name }, spec };
}

/** How a Secret outside is known among the choices. */
export function outsideId({ name }: Wanted, secret: string): string {
  return `${name}/${secret}`;
}

/** The Secrets that something reads and nothing makes, with the keys that are read. */
function outsideEntries(wanted: Wanted, choices: Choices): JsonObject {
  const start = outsideId(wanted, '');
  const names = [...choices.outside]
    .filter(id => id.startsWith(start))
    .map(id => id.slice(start.length))
    .filter(name => !isRefused(choices, { section: 'secrets', name }, DECLARED));
  return Object.fromEntries(names.map(name => [name, { external: keysRead(wanted, name) }]));
}

/** The keys that are read of a Secret; `true` where something reads it whole. */
function keysRead({ objects, namespace }: Wanted, secret: string): Json {
  const reads = objects
    .filter(object => object.namespace === namespace)
    .flatMap(object => {
      const pod = podOf(object);
      return [
        ...(object.known?.reads?.(object) ?? []),
        ...(pod === undefined ? [] : podReads(pod)),
      ];
    })
    .filter(read => read.secret === secret && (read.namespace ?? namespace) === namespace);
  const keys = [...new Set(reads.map(({ key }) => key))];
  if (keys.length === 0 || keys.includes(undefined)) return true;
  return keys.filter(key => key !== undefined).sort();
}

/** An entry of the spec, and the objects that it stands for. */
export interface DraftEntry extends EntryName, Alternative {
  readonly section: Section | 'resources';
  /** Of an object as it is: why it has no shorter form. */
  readonly reason?: string;
}

/** The spec of one environment, as far as it has been found. */
export interface Draft {
  readonly wanted: Wanted;
  readonly entries: readonly DraftEntry[];
  /** Secrets with values: they are declared, and nothing makes them. */
  readonly handMade: readonly PlacedObject[];
  /** Objects that no way can say, and why. */
  readonly lost: readonly Lost[];
}

interface Lost {
  readonly object: PlacedObject;
  readonly reason: string;
}

/** The Namespace that every environment has made, as an entry that can be refused. */
export const NAMESPACE: EntryName & { readonly way: string } = {
  section: 'namespace',
  name: '',
  way: 'made',
};

/** Says each object in the first way that was not refused. */
export function draftOf(wanted: Wanted, choices: Choices, resourceName: ResourceName): Draft {
  const handMade = wanted.objects.filter(hasValues);
  const claimed = new Set<PlacedObject>([...handMade, ...madeNamespace(wanted, choices)]);
  const entries: DraftEntry[] = [];
  const reasons = new Map<PlacedObject, string>();
  for (const form of FORMS) {
    for (const object of wanted.objects.filter(
      one => isOf(form, one, wanted) && !claimed.has(one),
    )) {
      const entry = shortEntry(form, object, { wanted, choices, claimed, entries });
      if (typeof entry === 'string') {
        reasons.set(object, entry);
        continue;
      }
      for (const cover of entry.covers) claimed.add(cover);
      entries.push(entry);
    }
  }
  const rest = wanted.objects.filter(object => !claimed.has(object));
  const kept = rest.map(object => {
    const reason = reasons.get(object) ?? whyVerbatim(object, wanted);
    return verbatim(object, { wanted, choices, resourceName, reason });
  });
  return {
    wanted,
    handMade,
    entries: [...entries, ...kept.filter(one => 'way' in one)],
    lost: kept.filter(one => 'object' in one),
  };
}

/** What has been said so far. */
interface SoFar {
  readonly wanted: Wanted;
  readonly choices: Choices;
  readonly claimed: ReadonlySet<PlacedObject>;
  readonly entries: readonly DraftEntry[];
}

/** The entry of an object, or why it has none. */
function shortEntry(form: Form, object: PlacedObject, soFar: SoFar): DraftEntry | string {
  const { wanted, choices, claimed, entries } = soFar;
  const entry = { section: form.section, name: form.nameOf?.(object) ?? object.name };
  const isTaken = entries.some(one => one.section === entry.section && one.name === entry.name);
  if (isTaken) return `another object is ${entry.section}.${entry.name} already`;
  const chosen = (section: Section): ReadonlyMap<string, JsonObject> =>
    new Map(entries.filter(one => one.section === section).map(one => [one.name, one.entry]));
  const context = { wanted, stores: chosen('stores'), databases: chosen('databases') };
  const ways = form.ways(object, context);
  if (typeof ways === 'string') return ways;
  const found = ways.find(
    ({ way, covers }) =>
      !isRefused(choices, entry, way) && covers.every(cover => !claimed.has(cover)),
  );
  if (found !== undefined) return { ...entry, ...found };
  return whyLonger(choices, entry) ?? 'what it would make is said already';
}

/** Entries make objects of the environment's own namespace, and of the cluster. */
function isOf({ kinds }: Form, object: PlacedObject, { namespace }: Wanted): boolean {
  const isHere = object.namespace === namespace || object.known?.isOfCluster === true;
  return isHere && object.known !== undefined && kinds.includes(object.known);
}

function madeNamespace({ find, namespace }: Wanted, choices: Choices): PlacedObject[] {
  const own = find('Namespace', namespace);
  const isMade = !isRefused(choices, NAMESPACE, NAMESPACE.way);
  return isMade && own !== undefined ? [own] : [];
}

interface Remaining {
  readonly wanted: Wanted;
  readonly choices: Choices;
  readonly resourceName: ResourceName;
  readonly reason: string;
}

function verbatim(
  object: PlacedObject,
  { wanted, choices, resourceName, reason }: Remaining,
): DraftEntry | Lost {
  const entry = { section: 'resources', name: resourceName(object, wanted) } as const;
  const way = resourceWays(object, wanted, choices).find(
    one => !isRefused(choices, entry, one.way),
  );
  if (way === undefined) return { object, reason: whyLonger(choices, entry) ?? '' };
  return { ...entry, ...way, reason };
}

function whyVerbatim({ kind, known }: PlacedObject, { namespace }: Wanted): string {
  const isShort = FORMS.some(({ kinds }) => kinds.some(one => one === known));
  return isShort ? `it is not in ${namespace}` : `${NO_FORM} a ${kind}`;
}

/** What is said of most objects that stand as they are, and is told of none. */
export const NO_FORM = 'there is no short form of';
