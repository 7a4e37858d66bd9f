import type { Host } from '../core/host.ts';
import { groupBy, listAt, mapAt, sortBy, textAt, valueAt } from '../core/json.ts';
import { oncePerText } from '../core/once.ts';
import { parseTemplate } from '../core/template/parse.ts';
import { templateReads } from '../core/template/reads.ts';
import { specClusters } from '../environments/clusters.ts';
import { placesFor } from '../environments/places.ts';
import type { ReadSpec } from '../environments/read-spec.ts';
import { awsHome } from '../graph/aws-accounts.ts';
import { type AwsPush, awsName, awsPushes } from '../graph/aws-entries.ts';
import { graphOf } from '../graph/graph.ts';
import { type SecretGraph, secretId } from '../graph/secret-graph.ts';
import { remoteOf } from '../graph/stores.ts';
import type {
  DataEntry,
  DataFromEntry,
  ExternalSecret,
} from '../kinds/eso/external-secret-spec.ts';
import { providerOf } from '../kinds/eso/providers.ts';
import { type AwsStore, awsStore, type StoreRef, storeKind, storeOf } from '../kinds/eso/stores.ts';
import { objectName, type PlacedObject, specOf } from '../kinds/kind.ts';
import { writtenObject } from '../kinds/placed-object.ts';
import type { Container } from '../kinds/pods.ts';
import type { CommonOptions } from '../shell/command.ts';
import { manifestsAt } from '../shell/command-input.ts';
import { type ManifestFlags, wrongUsage } from '../shell/flags.ts';
import { type Unseen, unseenIn } from '../shell/print.ts';
import { mergeEnvironment } from '../spec/merge.ts';
import { type ManifestSet, objectsOf, shownObjects, shownSources } from '../world/object-set.ts';
import type { FieldPlace } from '../world/places.ts';
import type { EntryReader, EntryStore, EntryUse, RemoteEntry } from './entry.ts';

/** What the manifests want of stores, by environment, and what kept it from being known. */
export interface WantedEntries extends Unseen {
  readonly lists: readonly EntryList[];
  readonly placeOf: FieldPlace;
  readonly specStoreOf: SpecStoreOf;
  /** All that is read, also by what is not at the paths. */
  readonly used: () => readonly RemoteEntry[];
}

export interface EntryList {
  /** Empty if the manifests are not of a spec. */
  readonly environment: string;
  readonly entries: readonly RemoteEntry[];
}

type SpecStoreOf = (environment: string, store: string) => SpecStore;

/** What a spec says about a store and its manifests do not. */
interface SpecStore {
  /** The beginning of its entries' names: `expand` writes whole names. */
  readonly prefix?: string;
  /** The account of External Secrets, which it reads where a store names no other. */
  readonly account?: string;
  /** The customer's keys that should encrypt its entries. */
  readonly keys: readonly string[];
}

/** The entries of the paths, or of every overlay of the spec; the exit code if the spec is wrong. */
export async function wantedEntries(
  options: ManifestFlags & CommonOptions,
  host: Host,
): Promise<WantedEntries | number> {
  const looked = await manifestsAt(options, host);
  if (typeof looked === 'number') return looked;
  const { sets, read } = looked;
  const specStoreOf: SpecStoreOf = read === undefined ? () => ({ keys: [] }) : specStores(read);
  const graphs = sets.map(set => ({ set, graph: graphOf(objectsOf(set)) }));
  const listed = (set: ManifestSet, entries: readonly RemoteEntry[]): EntryList => {
    const environment = set.unit?.name ?? '';
    const store = oncePerText((name: string) => specStoreOf(environment, name));
    return { environment, entries: entries.map(entry => asTheSpecSays(entry, store)) };
  };
  const lists = graphs.map(({ set, graph }) =>
    listed(set, remoteEntries(graph, new Set(shownObjects(set)))),
  );
  return {
    lists: shownLists(lists),
    used: () =>
      graphs.flatMap(({ set, graph }) => [
        ...listed(set, remoteEntries(graph, new Set(graph.objects))).entries,
      ]),
    placeOf: placesFor(sets, host, read),
    specStoreOf,
    ...unseenIn(sets.flatMap(shownSources)),
  };
}

function specStores({ spec }: ReadSpec): SpecStoreOf {
  const clusters = specClusters(spec).value ?? [];
  return (environment, store) => {
    const isNamed = Object.hasOwn(spec.spec.environments ?? {}, environment);
    const { stores = {} } = mergeEnvironment(spec, isNamed ? environment : undefined);
    const prefix = Object.hasOwn(stores, store) ? stores[store]?.aws?.prefix : undefined;
    const own = clusters.find(
      ({ name, environments }) => name === environment || environments.includes(environment),
    );
    const keys = own?.settings.keys.get(store) ?? [];
    const account = own?.settings.account ?? '';
    const isKnown = /^\d{12}$/.test(account);
    return { keys, ...(isKnown && { account }), ...(prefix !== undefined && { prefix }) };
  };
}

function asTheSpecSays(entry: RemoteEntry, specStore: (store: string) => SpecStore): RemoteEntry {
  const { store } = entry;
  const { prefix, account } = specStore(store.name.name);
  const more = {
    ...(prefix !== undefined && { prefix }),
    ...(account !== undefined && store.isOwn === true && { account }),
  };
  return { ...entry, store: { ...store, ...more } };
}

/** The entries that these objects read or push, sorted by store and name. */
export function remoteEntries(graph: SecretGraph, own: ReadonlySet<PlacedObject>): RemoteEntry[] {
  const groups = groupBy(entryUses(graph, own), use => `${storeText(use.store)}\0${idOf(use)}`);
  return sortBy([...groups], ([id]) => id).map(([, uses]) => entryOf(uses));
}

interface NamedUse {
  readonly store: EntryStore;
  readonly name: string;
  readonly use: EntryUse;
}

/** What these objects read from stores and push to AWS. Secrets that a store reads from a cluster are no entries. */
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

/** Answers who reads keys of a Secret, and into which variables; any key if `keys` is undefined. */
type ReadersOf = (
  secret: { readonly namespace: string; readonly name: string },
  keys: readonly string[] | undefined,
) => EntryReader[];

interface SecretRead {
  readonly object: PlacedObject;
  readonly key?: string;
  readonly variableOf?: (key: string) => string;
}

export function secretReaders(graph: SecretGraph): ReadersOf {
  const variables = graph.pods.flatMap(pod => pod.containers.flatMap(containerVariables));
  const reads = groupBy([...variables, ...otherReads(graph)], ([id]) => id);
  return ({ namespace, name }, keys) => {
    const own = (reads.get(secretId(namespace, name)) ?? [])
      .map(([, read]) => read)
      .filter(({ key }) => key === undefined || keys === undefined || keys.includes(key));
    const readers = [...groupBy(own, ({ object }) => writtenObject(object))].map(
      ([object, all]) => ({
        name: objectName(object),
        variables: [...new Set(all.flatMap(read => variablesOf(read, keys)))].sort(),
      }),
    );
    return sortBy(readers, ({ name: { kind, namespace: home = '', name: own = '' } }) =>
      [home, kind, own].join('\0'),
    );
  };
}

type PlacedRead = readonly [id: string, read: SecretRead];

function containerVariables({ object, env, envFrom }: Container): PlacedRead[] {
  const { namespace } = object;
  return [
    ...env.flatMap(({ name, secret }): PlacedRead[] =>
      secret?.key === undefined
        ? []
        : [[secretId(namespace, secret.name), { object, key: secret.key, variableOf: () => name }]],
    ),
    ...envFrom.flatMap(({ prefix, secret }): PlacedRead[] =>
      secret === undefined
        ? []
        : [[secretId(namespace, secret), { object, variableOf: key => prefix + key }]],
    ),
  ];
}

/** Reads that end in no variable: volumes, pull secrets and reads of other kinds. */
function otherReads({ readers, pods }: SecretGraph): PlacedRead[] {
  const running = new Set(pods.map(({ object }) => object));
  return readers
    .filter(({ object, how }) => !running.has(object) || (how !== 'env' && how !== 'envFrom'))
    .map(({ namespace, secret, object, key }) => [
      secretId(namespace, secret),
      { object, ...(key !== undefined && { key }) },
    ]);
}

function variablesOf({ key, variableOf }: SecretRead, keys: readonly string[] | undefined) {
  if (variableOf === undefined) return [];
  return (key === undefined ? (keys ?? []) : [key]).map(variableOf);
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

/** Answers in which keys of the Secret a fetched key ends; undefined if that is unknown. */
type KeysOf = (fetched: string) => readonly string[] | undefined;

/** A fetched key becomes the key of that name, unless a template makes others of it. */
function resultKeysOf({ spec, keys }: ExternalSecret): KeysOf {
  const template = mapAt(spec, 'target', 'template');
  const isFromFiles = listAt(template, 'templateFrom').length > 0;
  const made = Object.entries(mapAt(template, 'data')).map(([key, text]) => {
    const { reads, isOpen } = templateReads(parseTemplate(String(text)).nodes);
    return { key, isOpen, reads: new Set(reads.map(read => read.key)) };
  });
  if (made.length === 0 && !isFromFiles) return fetched => [fetched];
  const isMerged = textAt(template, 'mergePolicy') === 'Merge';
  return fetched => {
    if (isFromFiles) return keys.isOpen ? undefined : [...keys.keys].sort();
    const own = made.filter(({ isOpen, reads }) => isOpen || reads.has(fetched));
    return [...new Set([...own.map(({ key }) => key), ...(isMerged ? [fetched] : [])])].sort();
  };
}

function storeNamed({ kind, name }: StoreRef, namespace: string, graph: SecretGraph): EntryStore {
  const object = storeOf(graph.find, { kind, name, path: [] }, namespace);
  const aws = object && awsStore(object);
  if (aws !== undefined) return storeOfAws(aws, graph);
  const isOfCluster = storeKind(kind)?.isOfCluster === true || namespace === '';
  const named = { kind, ...(!isOfCluster && { namespace }), name };
  const settings = object === undefined ? {} : mapAt(specOf(object), 'provider');
  const [provider] = Object.keys(settings);
  const known = providerOf(settings)?.known;
  return {
    name: named,
    ...(provider !== undefined && { provider }),
    ...(known !== undefined && { known }),
  };
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

function dataPart({ path, secretKey, key }: DataEntry, { json }: PlacedObject, keysOf: KeysOf) {
  const keys = keysOf(secretKey);
  const ref = [...path, 'remoteRef'];
  return {
    path: [...ref, 'key'],
    name: key,
    ...refPart(valueAt(json, ref), 'value'),
    ...(keys !== undefined && { keys }),
  };
}

/** What a reference reads of its entry: the whole, one property, or its tags. */
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

/** A store as an inventory names it: `ClusterSecretStore/name`, `SecretStore/namespace/name`. */
export function storeText({ name: { kind, namespace, name } }: EntryStore): string {
  return [kind, namespace, name].filter(part => part !== undefined).join('/');
}

/** Keeps searches apart from entries of the same text. */
function idOf({ name, use }: NamedUse): string {
  return use.how === 'search' ? `${name}\0` : name;
}

function entryOf(all: readonly [NamedUse, ...NamedUse[]]): RemoteEntry {
  const [
    {
      store,
      name,
      use: { how },
    },
  ] = all;
  const uses = all.map(({ use }) => use);
  const properties = new Set(uses.flatMap(({ property = [] }) => property));
  const isSearch = how === 'search';
  return { store, name, isSearch, properties: [...properties].sort(), uses };
}

/** Leaves out manifests without entries, unless they belong to an environment or nothing else is left. */
function shownLists(lists: readonly EntryList[]): readonly EntryList[] {
  const shown = lists.filter(
    ({ environment, entries }) => environment !== '' || entries.length > 0,
  );
  return shown.length === 0 ? [{ environment: '', entries: [] }] : shown;
}

export function listOf(environment: string, lists: readonly EntryList[]): EntryList {
  const found = lists.find(list => list.environment === environment);
  if (found !== undefined) return found;
  const known = lists.map(list => list.environment).filter(name => name !== '');
  const all =
    known.length === 0
      ? 'there are no environments: the manifests are named'
      : `there is no environment ${JSON.stringify(environment)}, only ${known.join(', ')}`;
  return wrongUsage(all);
}

export function entriesIn(lists: readonly EntryList[]): RemoteEntry[] {
  return lists.flatMap(({ entries }) => [...entries]);
}

/** Answers which entries of another environment have the same purpose as an entry. */
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

/** Identifies a use across environments by Secret and keys: namespaces and prefixes differ. */
function useId({ name }: RemoteEntry, { how, secret, keys, property }: EntryUse): string {
  const own = keys ?? name.slice(name.lastIndexOf('/') + 1);
  return JSON.stringify([how, secret.name, own, property]);
}
