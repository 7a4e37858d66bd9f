import { groupBy, mapAt, sortBy, textAt, valueAt } from '../core/json.ts';
import { awsHome } from '../graph/aws-accounts.ts';
import { type AwsPush, awsName, awsPushes } from '../graph/aws-entries.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { remoteOf, storeOf } from '../graph/stores.ts';
import type {
  DataEntry,
  DataFromEntry,
  ExternalSecret,
} from '../kinds/eso/external-secret-spec.ts';
import { type AwsStore, awsStore, type StoreRef, storeKind } from '../kinds/eso/stores.ts';
import { objectName, type PlacedObject, specOf } from '../kinds/kind.ts';
import { writtenObject } from '../kinds/placed-object.ts';
import type { Inventory } from '../world/object-set.ts';
import {
  type KeysOf,
  listedPrefix,
  type ReadersOf,
  resultKeysOf,
  secretReaders,
} from './entries.ts';
import type { EntryStore, EntryUse, RemoteEntry } from './entry.ts';
import type { Found } from './facts.ts';
import { isThere } from './faults.ts';
import { askedName, type FoundAt, type LookedUp } from './values.ts';

type Properties = true | ReadonlySet<string>;
type Stores = Map<string, Map<string, Properties>>;

/** What the manifests read and push, as an inventory: a start for one that is kept by hand. */
export function inventoryOf(entries: readonly RemoteEntry[]): Inventory {
  const stores: Stores = new Map();
  for (const entry of entries.filter(({ isSearch }) => !isSearch)) {
    const names = namesOf(entry, stores);
    const known = names.get(entry.name) ?? new Set();
    const isOpen = known === true || isWhole(entry);
    names.set(entry.name, isOpen ? true : new Set([...known, ...entry.properties]));
  }
  return sorted(stores);
}

/** What is there of it, and all else below the prefixes of stores; of values only the properties' names. */
export function inventoryFound(entries: readonly RemoteEntry[], foundAt: FoundAt): Inventory {
  const stores: Stores = new Map();
  for (const entry of entries) {
    const lookedUp = foundAt(entry);
    if (lookedUp === undefined) continue;
    const names = namesOf(entry, stores);
    for (const name of listedBeside(entry, lookedUp)) if (!names.has(name)) names.set(name, true);
    const properties = propertiesOf(lookedUp.found.get(askedName(entry)));
    if (properties !== undefined) names.set(entry.name, properties);
  }
  return sorted(stores);
}

function listedBeside({ store }: RemoteEntry, { listed }: LookedUp): readonly string[] {
  const prefix = listedPrefix(store);
  return listed.find(list => list.prefix === prefix)?.names ?? [];
}

/** Undefined: it is not there. */
function propertiesOf(found: Found | undefined): Properties | undefined {
  if (found === undefined || found === 'missing') return undefined;
  const value = isThere(found) ? found.value : undefined;
  return value === undefined ? true : new Set(value.properties);
}

function namesOf({ store }: RemoteEntry, stores: Stores): Map<string, Properties> {
  const id = storeText(store);
  const names = stores.get(id) ?? new Map<string, Properties>();
  stores.set(id, names);
  return names;
}

function sorted(stores: Stores): Inventory {
  return Object.fromEntries(
    sortBy([...stores], ([id]) => id).map(([id, names]) => [
      id,
      Object.fromEntries(
        sortBy([...names], ([name]) => name).map(([name, properties]) => [
          name,
          properties === true ? true : [...properties].sort(),
        ]),
      ),
    ]),
  );
}

/** Whether something takes all of it: its properties, if it has some, are not told. */
function isWhole({ uses }: RemoteEntry): boolean {
  return uses.some(({ how, property }) => how !== 'metadata' && property === undefined);
}

/** The entries of one environment. */
export interface EntryList {
  /** Empty where the manifests were named one by one. */
  readonly environment: string;
  readonly entries: readonly RemoteEntry[];
}

/** Every entry that the own objects of a graph read or push, by store and name. */
export function remoteEntries(graph: SecretGraph, own: ReadonlySet<PlacedObject>): RemoteEntry[] {
  const groups = groupBy(entryUses(graph, own), use => `${storeText(use.store)}\0${idOf(use)}`);
  return sortBy([...groups], ([id]) => id).flatMap(([, [first, ...others]]) =>
    first === undefined ? [] : [entryOf(first, [first, ...others])],
  );
}

/** A search is no entry, though it may be written as one is. */
function idOf({ name, use }: NamedUse): string {
  return use.how === 'search' ? `${name}\0` : name;
}

function entryOf({ store, name, use: { how } }: NamedUse, all: readonly NamedUse[]): RemoteEntry {
  const uses = all.map(({ use }) => use);
  const properties = new Set(uses.flatMap(({ property = [] }) => property));
  const isSearch = how === 'search';
  return { store, name, isSearch, properties: [...properties].sort(), uses };
}

/** A store as an inventory names it: `ClusterSecretStore/name`, `SecretStore/namespace/name`. */
function storeText({ name: { kind, namespace, name } }: EntryStore): string {
  return [kind, namespace, name].filter(part => part !== undefined).join('/');
}

/** Answers which of another environment's entries are for it what an entry is here. */
export function siblingsAmong(
  others: readonly RemoteEntry[],
): (entry: RemoteEntry) => RemoteEntry[] {
  const uses = others.flatMap(other => other.uses.map(use => ({ other, id: useId(other, use) })));
  const byUse = groupBy(uses, ({ id }) => id);
  return entry => {
    const alike = entry.uses.flatMap(use => byUse.get(useId(entry, use)) ?? []);
    const found = new Set(alike.map(({ other }) => other));
    return [...found].filter(({ name }) => name !== entry.name);
  };
}

/** The same key of a Secret of the same name: namespaces and prefixes differ. */
function useId({ name }: RemoteEntry, { how, secret, keys, property }: EntryUse): string {
  const own = keys ?? name.slice(name.lastIndexOf('/') + 1);
  return JSON.stringify([how, secret.name, own, property]);
}

/** A use of an entry, and which entry it is. */
interface NamedUse {
  readonly store: EntryStore;
  readonly name: string;
  readonly use: EntryUse;
}

/** What the own objects of a graph read of stores and push to AWS; Secrets of a cluster are no entries. */
function entryUses(graph: SecretGraph, own: ReadonlySet<PlacedObject>): NamedUse[] {
  const readersOf = secretReaders(graph);
  const isOwn = ({ object }: { readonly object: PlacedObject }): boolean =>
    own.has(writtenObject(object));
  return [
    ...graph.externalSecrets.filter(isOwn).flatMap(secret => usesOf(secret, graph, readersOf)),
    ...awsPushes(graph)
      .filter(isOwn)
      .map(entry => ({
        store: storeOfAws(entry.store, graph),
        name: entry.name ?? '',
        use: pushUse(entry, readersOf),
      })),
  ];
}

function usesOf(secret: ExternalSecret, graph: SecretGraph, readersOf: ReadersOf): NamedUse[] {
  const { namespace, data, dataFrom } = secret;
  const keysOf = resultKeysOf(secret);
  const entries = [...data, ...dataFrom.filter(({ generator }) => generator === undefined)];
  return entries.flatMap(entry => {
    const { storeRef } = entry;
    if (storeRef === undefined || remoteOf(graph.find, storeRef, namespace) !== undefined)
      return [];
    const store = storeNamed(storeRef, namespace, graph);
    return partsOf(entry, secret.object, keysOf).map(({ name, ...part }) => {
      const made = { namespace, name: secret.target };
      const use = { object: secret.object, secret: made, ...part };
      const readers = readersOf(made, use.keys);
      const full =
        store.aws === undefined || use.how === 'search' ? name : awsName(store.aws, name);
      return { store, name: full, use: { ...use, readers } };
    });
  });
}

type Part = Omit<EntryUse, 'object' | 'secret' | 'readers'> & { readonly name: string };

function partsOf(entry: DataEntry | DataFromEntry, object: PlacedObject, keysOf: KeysOf): Part[] {
  if ('secretKey' in entry) return [dataPart(entry, object, keysOf)];
  const { path, spec, extract } = entry;
  if (extract !== undefined)
    return [
      {
        path: [...path, 'extract', 'key'],
        name: extract,
        ...refPart(spec['extract'], 'properties'),
      },
    ];
  const find = mapAt(spec, 'find');
  if (Object.keys(find).length === 0) return [];
  return [{ path: [...path, 'find'], name: searchText(find), how: 'search', isBase64: false }];
}

function dataPart(
  { path, secretKey, key }: DataEntry,
  { json }: PlacedObject,
  keysOf: KeysOf,
): Part {
  const keys = keysOf(secretKey);
  const ref = [...path, 'remoteRef'];
  return {
    path: [...ref, 'key'],
    name: key,
    ...refPart(valueAt(json, ref), 'value'),
    ...(keys !== undefined && { keys }),
  };
}

/** What a reference takes of its entry: the whole, one property of it, or its tags. */
function refPart(
  ref: unknown,
  whole: 'value' | 'properties',
): Pick<EntryUse, 'how' | 'property' | 'version' | 'isBase64'> {
  const isBase64 = textAt(ref, 'decodingStrategy') === 'Base64';
  if (textAt(ref, 'metadataPolicy') === 'Fetch') return { how: 'metadata', isBase64 };
  const property = textAt(ref, 'property') ?? '';
  const version = textAt(ref, 'version') ?? '';
  const of = { isBase64, ...(version !== '' && { version }) };
  if (property === '') return { how: whole, ...of };
  return { how: whole === 'value' ? 'property' : whole, property, ...of };
}

/** What `find` looks for, as a pattern. */
function searchText(find: unknown): string {
  const tags = Object.entries(mapAt(find, 'tags')).map(([tag, value]) => `${tag}=${String(value)}`);
  const path = textAt(find, 'path') ?? '';
  const name = textAt(find, 'name', 'regexp');
  return [path, name === undefined ? '' : `~ ${name}`, ...tags].filter(Boolean).join(' ');
}

function pushUse(push: AwsPush, readersOf: ReadersOf): EntryUse {
  const { object, path, metadata, secret: name, secretKeys } = push;
  const type = textAt(metadata, 'secretType');
  const secret = { namespace: object.namespace, name };
  const keys = secretKeys === undefined ? {} : { keys: secretKeys };
  const readers = readersOf(secret, keys.keys).filter(
    ({ name: { kind, name: own } }) => kind !== object.kind || own !== object.name,
  );
  const pushed = type === undefined ? {} : { pushedType: type };
  return { object, path, how: 'push', isBase64: false, secret, ...pushed, ...keys, readers };
}

function storeNamed({ kind, name }: StoreRef, namespace: string, graph: SecretGraph): EntryStore {
  const object = storeOf(graph.find, { kind, name, path: [] }, namespace);
  const aws = object && awsStore(object);
  if (aws !== undefined) return storeOfAws(aws, graph);
  const isOfCluster = storeKind(kind)?.isOfCluster === true || namespace === '';
  const named = { kind, ...(!isOfCluster && { namespace }), name };
  const [provider] = Object.keys(object === undefined ? {} : mapAt(specOf(object), 'provider'));
  return { name: named, ...(provider !== undefined && { provider }) };
}

function storeOfAws(aws: AwsStore, graph: SecretGraph): EntryStore {
  const { account, isOwn } = awsHome(aws, graph);
  const prefix = textAt(aws.settings, 'prefix');
  return {
    name: objectName(aws.object),
    provider: 'aws',
    aws,
    ...(account !== undefined && { account }),
    ...(isOwn && { isOwn }),
    ...(prefix !== undefined && { prefix }),
  };
}
