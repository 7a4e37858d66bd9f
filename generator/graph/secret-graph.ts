import type { NamespacedName, Path, Related } from '../core/finding.ts';
import { groupBy, isMap, type Json, type JsonObject, listAt, mapAt, textAt } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import type { Validators } from '../core/schema.ts';
import { copyingsOf, copySourceOf } from '../kinds/copiers.ts';
import { innerSpec, PUSH_SECRETS, pushedStores, pushSecret } from '../kinds/eso/external-secret.ts';
import type { ExternalSecret, SecretEntry } from '../kinds/eso/external-secret-spec.ts';
import { targetPath } from '../kinds/eso/external-secret-spec.ts';
import { remoteNamespaceOf, STORES, type StoreRef, storeOf } from '../kinds/eso/stores.ts';
import type { Find, KeySet, Kind, Made, ObjectField, PlacedObject, Read } from '../kinds/kind.ts';
import { specOf } from '../kinds/kind.ts';
import { type Container, type Pod, PULLS, podAt, podReads, sourceReads } from '../kinds/pods.ts';
import type { Versions } from '../kinds/products.ts';
import { fieldReads, readOf, refRead } from '../kinds/secret-refs.ts';
import type { ObjectSet } from '../world/object-set.ts';

/** The makers and readers of the Secrets of one cluster. It holds names and keys, never values. */
export interface SecretGraph
  extends Pick<ObjectSet, 'outside' | 'folders' | 'syncs' | 'standingOf'> {
  readonly objects: readonly PlacedObject[];
  readonly byKind: (kind: Kind) => readonly PlacedObject[];
  readonly find: Find;
  readonly secrets: ReadonlyMap<string, SecretNode>;
  readonly readers: readonly Reader[];
  readonly pods: readonly Pod[];
  readonly containers: readonly Container[];
  readonly externalSecrets: readonly ExternalSecret[];
  /** The same, each spec once: a ClusterExternalSecret has one for every namespace that it selects. */
  readonly specs: readonly ExternalSecret[];
  readonly validators: Validators;
  /** The versions that run, as far as flags give them or the objects install them. */
  readonly versions: Versions;
  /** Objects of the same name, of which any may be on this cluster instead of this one. */
  readonly inPlaceOf: (object: PlacedObject) => readonly PlacedObject[];
}

/** A Secret that will exist, with all keys that its makers give it. */
export interface SecretNode extends KeySet, NamespacedName {
  /** Empty for a Secret that is declared to exist outside. */
  readonly makers: readonly Maker[];
}

type Placed<T> = T & { readonly object: PlacedObject; readonly namespace: string };
export type Maker = Placed<Made>;
export type Reader = Placed<Read>;

/** The key of a Secret in `SecretGraph.secrets`. */
export function secretId(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** A Secret of the graph, or one that is declared to exist outside. */
export function findSecret(
  graph: SecretGraph,
  namespace: string,
  name: string,
): SecretNode | undefined {
  const id = secretId(namespace, name);
  const node = graph.secrets.get(id);
  if (node !== undefined) return node;
  const { secrets } = graph.outside;
  const declared = [id, name].find(key => secrets.has(key));
  if (declared === undefined) return undefined;
  const keys = secrets.get(declared);
  return { namespace, name, makers: [], keys: new Set(keys), isOpen: keys === undefined };
}

/** Whether a Secret will exist: something makes it whole, or it is declared outside. */
export function isMade(node: SecretNode | undefined): boolean {
  return node !== undefined && (node.makers.length === 0 || wholeMakers(node).length > 0);
}

/** The makers of a Secret, without those that only add keys to it. */
export function wholeMakers(node: SecretNode | undefined): Maker[] {
  return (node?.makers ?? []).filter(({ isMerging }) => !isMerging);
}

/** The object that a reference means: of those with `name`, or of `all`, that of the same build, else the first. */
export function nearestTo(
  { file }: PlacedObject,
  all: readonly PlacedObject[],
  name?: string,
): PlacedObject | undefined {
  const named = name === undefined ? all : all.filter(object => object.name === name);
  return named.find(object => object.file === file) ?? named[0];
}

export function namesIn({ byKind }: SecretGraph, kind: Kind, namespace: string): string[] {
  return byKind(kind)
    .filter(object => object.namespace === namespace)
    .map(({ name }) => name);
}

/** What an object is applied with: its build, or the folder of its file. */
export function buildOf({ folders }: SecretGraph, { file }: PlacedObject): string | number {
  return folders?.get(file) ?? file;
}

/** Another object of a fault, at its name. */
export function relatedName(object: PlacedObject, note: string): Related<ObjectField> {
  return { object, path: ['metadata', 'name'], note };
}

/** The namespace of another object of a fault, if there is one. */
export function relatedNamespace(object: PlacedObject | undefined, note: string): RelatedFields {
  return object === undefined ? [] : [{ object, path: ['metadata', 'namespace'], note }];
}

type RelatedFields = readonly Related<ObjectField>[];

/** A field of another object, with what the object does: `Deployment "api" reads it`. */
export function relatedField({ object, path }: ObjectField, does: string): Related<ObjectField> {
  return { object, path, note: `${object.kind} "${object.name}" ${does}` };
}

/** Objects that have a text in common and are applied together: in one file, build or folder. */
export function duplicateGroups(
  graph: SecretGraph,
  objects: readonly PlacedObject[],
  textOf: (object: PlacedObject) => string | undefined,
): { readonly last: PlacedObject; readonly others: readonly PlacedObject[] }[] {
  return [...groupBy(objects, textOf)].flatMap(([text, alike]) => {
    if (text === undefined || alike.length === 1) return [];
    const together = groupBy(alike, object => buildOf(graph, object));
    return [...together.values()].flatMap(group => {
      const [last = group[0], ...others] = group.toReversed();
      return others.length === 0 ? [] : [{ last, others: others.reverse() }];
    });
  });
}

/** The Secrets that an object makes by itself, without reading a store. */
export function makersOf(object: PlacedObject, find: Find): Maker[] {
  return (object.knownKind?.makes?.(object, find) ?? []).map(made => placed(made, object));
}

/** The Secrets that an object reads itself, without those that its pods read. */
export function readersOf(object: PlacedObject): Reader[] {
  const reads =
    object.knownKind === undefined ? readsByShape(object) : object.knownKind.reads?.(object);
  return (reads ?? []).map(read => placed(read, object));
}

/** What an object makes or reads, with the object, in its namespace unless it says another. */
export function placed<T extends Made | Read>(end: T, object: PlacedObject): Placed<T> {
  const { namespace = object.namespace } = end;
  return Object.assign({ object, namespace }, end, { namespace });
}

/** The Secret that an ExternalSecret makes, unless its creationPolicy is None. */
export function externalSecretMakers(secret: ExternalSecret): Maker[] {
  const { object, namespace, target, creationPolicy, keys, type } = secret;
  if (creationPolicy === 'None') return [];
  const path = targetPath(secret);
  const how = { isMerging: creationPolicy === 'Merge', isShared: isShared(secret), type };
  return [{ object, namespace, secret: target, path, ...how, ...keys }];
}

function isShared({ creationPolicy, refresh: { policy, seconds } }: ExternalSecret): boolean {
  const isOnce = policy === 'CreatedOnce' || seconds === 0;
  return creationPolicy === 'CreateOrMerge' || (creationPolicy === 'Orphan' && isOnce);
}

/** A node that grows while makers are added: thousands may make one Secret, so no copies are made. */
export interface GrowingNode extends SecretNode {
  readonly makers: Maker[];
  keys: ReadonlySet<string>;
  /** The keys of several makers; absent for one, whose keys are the node's. */
  merged?: Set<string>;
  isOpen: boolean;
}

/** Several makers of one Secret give it the keys of all. */
export function addMaker(secrets: Map<string, GrowingNode>, maker: Maker): void {
  const { namespace, secret: name, keys, isOpen } = maker;
  const id = secretId(namespace, name);
  const node = secrets.get(id);
  if (node === undefined) {
    secrets.set(id, { namespace, name, makers: [maker], keys, isOpen });
    return;
  }
  addKeys(node, keys, isOpen);
  node.makers.push(maker);
}

function addKeys(node: GrowingNode, keys: Iterable<string>, isOpen: boolean): void {
  node.merged ??= new Set(node.keys);
  for (const key of keys) node.merged.add(key);
  node.keys = node.merged;
  node.isOpen ||= isOpen;
}

/** Adds the Secrets that operators copy to named namespaces, and the keys that they put into mirrors, also of mirrors. */
export function addCopies(
  secrets: Map<string, GrowingNode>,
  mirrors: readonly PlacedObject[],
): void {
  for (const copy of [...secrets.values()].flatMap(copiesOf)) addMaker(secrets, copy);
  const waiting = new Map(mirrors.map(mirror => [secretId(mirror.namespace, mirror.name), mirror]));
  for (const mirror of mirrors) {
    const chain = [mirror];
    for (const last of chain) {
      waiting.delete(secretId(last.namespace, last.name));
      const source = copySourceOf(last);
      const next = source && waiting.get(secretId(source.namespace, source.secret));
      if (next !== undefined) chain.push(next);
    }
    for (const next of chain.reverse()) fillMirror(secrets, next);
  }
}

function copiesOf({ makers, namespace: home, keys, isOpen }: GrowingNode): Maker[] {
  return makers.flatMap(maker =>
    copyingsOf(maker.object).flatMap(({ namespaces, path }) =>
      namespaces
        .filter(namespace => namespace !== home)
        .map(namespace => ({ ...maker, namespace, path, keys, isOpen, isShared: true as const })),
    ),
  );
}

function fillMirror(secrets: Map<string, GrowingNode>, mirror: PlacedObject): void {
  const source = copySourceOf(mirror);
  const node = secrets.get(secretId(mirror.namespace, mirror.name));
  if (source === undefined || node === undefined) return;
  const from = secrets.get(secretId(source.namespace, source.secret));
  addKeys(node, from?.keys ?? [], from?.isOpen ?? true);
}

/** The reads of an unknown kind. A bare `secretName: app-tls` may name a Secret that the object makes, and is no read. */
function readsByShape(object: PlacedObject): Read[] {
  const { json, namespace } = object;
  const fields = Object.entries(json).filter(([name]) => !NO_SETTINGS.has(name));
  const reads = fields.flatMap(([name, value]) => readsIn(value as Json, [name], object));
  return namespace !== ''
    ? reads
    : reads.map(read => (read.namespace === undefined ? { ...read, isAnywhere: true } : read));
}

const NO_SETTINGS = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/** Fields with what an object makes, and with the values of a chart. */
const PASSED_OVER =
  /^(?:write|output|target|dest|creat|generat|managed|publish|export|result|connection|privateKey|values(?!From))|^template$|To(?:Ref|Secret)$/i;

function readsIn(value: Json, path: Path, object: PlacedObject): Read[] {
  if (Array.isArray(value))
    return value.flatMap((entry, index) => readsIn(entry, [...path, index], object));
  if (typeof value === 'string' && DNS.test(value) && isReference(path))
    return byShape(readOf({ name: value, path, how: 'ref' }));
  if (!isMap(value)) return [];
  // Another object, which may be applied anywhere.
  if (textAt(value, 'apiVersion') !== undefined && textAt(value, 'kind') !== undefined) return [];
  if (isPodTemplate(value, path)) return podReads(podAt(object, path, value));
  return [
    ...byShape(readsOfMap(value, path)),
    ...Object.entries(value)
      .filter(
        ([name, inner]) =>
          !PASSED_OVER.test(name) || (name === 'template' && isMap(mapAt(inner)['spec'])),
      )
      .flatMap(([name, inner]) => readsIn(inner, [...path, name], object)),
  ];
}

function byShape(reads: readonly Read[]): Read[] {
  return reads.map(read => ({ ...read, isByShape: true }));
}

function isPodTemplate(map: JsonObject, path: Path): boolean {
  const containers = listAt(map, 'containers');
  return (
    path.at(-1) === 'spec' &&
    /template/i.test(String(path.at(-2))) &&
    containers.length > 0 &&
    containers.every(container => textAt(container, 'image') !== undefined)
  );
}

function readsOfMap(map: JsonObject, path: Path): Read[] {
  const isVolume = fieldOf(path) === 'secret' && path.at(-3) === 'volumes';
  return [
    ...fieldReads(map, path, 'pull', PULLS),
    ...(isVolume ? sourceReads(map, 'secretName', path, 'volume') : []),
    ...(map['generate'] !== true && isRead(map, path)
      ? refRead(map, { path, how: 'ref', namespace: textAt(map, 'namespace') })
      : []),
  ];
}

function isRead(map: JsonObject, path: Path): boolean {
  const field = fieldOf(path);
  if (isReference(path)) return true;
  const isKeyed = typeof map['key'] === 'string' && /secret/i.test(field);
  const isPlaced = typeof map['namespace'] === 'string' && /secrets?$/i.test(field);
  return (isKeyed || isPlaced) && !OF_STORE.test(field);
}

function fieldOf(path: Path): string {
  return String(path.findLast(step => typeof step === 'string'));
}

/** Fields that mean the entry of a store, and no Secret of the cluster. */
const OF_STORE = /store|external|remote|vault|aws|azure|gcp/i;

/** Whether a field says by its name that it refers to a Secret: with a name below it, or as a text. */
function isReference(path: Path): boolean {
  const field = fieldOf(path);
  return REFERENCE.test(field) && !OF_STORE.test(field);
}

const REFERENCE = /secret(?:Key)?Refs?$|^existing\w{0,40}Secret(?:Name)?$/i;

const DNS = /^[a-z0-9][a-z0-9.-]{0,252}$/;

/** The namespace that a kubernetes store reads; undefined: another provider, or it is not in the set. */
export function remoteOf(find: Find, namespace: string, ref?: StoreRef): string | undefined {
  const store = ref && storeOf(find, ref, namespace);
  return store && remoteNamespaceOf(store);
}

export interface StoreRead {
  readonly store: PlacedObject;
  readonly secret: ExternalSecret;
  readonly entry: SecretEntry;
}

export const storeReads: (graph: SecretGraph) => ReadonlyMap<PlacedObject, readonly StoreRead[]> =
  oncePer(({ specs, find, byKind }) => {
    if (STORES.every(kind => byKind(kind).length === 0)) return new Map();
    const all = specs.flatMap(secret =>
      [...secret.data, ...secret.dataFrom].flatMap((entry): StoreRead[] => {
        const store = entry.storeRef && storeOf(find, entry.storeRef, secret.namespace);
        return store === undefined ? [] : [{ store, secret, entry }];
      }),
    );
    return groupBy(all, ({ store }) => store);
  });

/** A text for where a store reads: stores with the same text have the same entries. One with a login may read another account, so it has a text of its own. */
export function entriesAt(store: PlacedObject): string {
  const [[provider, settings] = ['', null]] = Object.entries(mapAt(specOf(store), 'provider'));
  const isOperatorLogin = isMap(settings) && settings['auth'] === undefined;
  const { kind, namespace, name } = store;
  return JSON.stringify(isOperatorLogin ? [provider, settings] : [kind, namespace, name]);
}

export interface StoreUse {
  readonly object: PlacedObject;
  readonly namespace: string;
  readonly ref: StoreRef;
}

/** Every use of a store by ExternalSecrets, their entries and PushSecrets. */
export const storeUses: (graph: SecretGraph) => readonly StoreUse[] = oncePer(graph => [
  ...graph.externalSecrets.flatMap(secret => {
    const { object, namespace } = secret;
    return storeRefs(secret).map(ref => ({ object, namespace, ref }));
  }),
  ...graph.byKind(pushSecret).flatMap(object => {
    const { namespace } = object;
    return pushedStores(object).map(ref => ({ object, namespace, ref }));
  }),
]);

function storeRefs({ storeRef, data, dataFrom }: ExternalSecret): StoreRef[] {
  const entries = [...data, ...dataFrom.filter(({ generator }) => generator === undefined)];
  const others = entries.flatMap(each => (each.storeRef === storeRef ? [] : each.storeRef) ?? []);
  return storeRef === undefined ? others : [storeRef, ...others];
}

/** A PushSecret, or a ClusterPushSecret that makes some, and the path of its spec. */
export interface PushSpec extends ObjectField {
  readonly spec: JsonObject;
}

export function pushSpecs({ byKind }: SecretGraph): PushSpec[] {
  return PUSH_SECRETS.flatMap(byKind).map(object => ({ object, ...innerSpec(object) }));
}

/** The Secrets of this cluster that an ExternalSecret reads through kubernetes stores. */
export function remoteReaders(secret: ExternalSecret, find: Find): Reader[] {
  const { object, namespace, storeRef: defaultRef, data, dataFrom } = secret;
  const defaultRemote = remoteOf(find, namespace, defaultRef);
  const entries = [...data, ...dataFrom];
  if (defaultRemote === undefined && entries.every(({ storeRef }) => storeRef === defaultRef))
    return [];
  const base = { object, isOptional: false, how: 'eso' } as const;
  return entries.flatMap((entry): Reader[] => {
    const { storeRef, ref } = entry;
    const remote = storeRef === defaultRef ? defaultRemote : remoteOf(find, namespace, storeRef);
    if (remote === undefined || ref === undefined) return [];
    const { key, path } = ref;
    const read = { namespace: remote, secret: key, path: [...path, 'key'], ...base };
    const property = 'property' in entry ? entry.property : undefined;
    if (property === undefined) return [read];
    return [{ key: property, keyPath: [...path, 'property'], ...read }];
  });
}
