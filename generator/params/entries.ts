import type { Host } from '../core/host.ts';
import { groupBy, listAt, mapAt, scalarText, sortBy, textAt, valueAt } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import { parseTemplate } from '../core/template/parse.ts';
import { templateReads } from '../core/template/reads.ts';
import { specClusters } from '../environments/clusters.ts';
import { placesFor } from '../environments/places.ts';
import type { ReadSpec } from '../environments/read-spec.ts';
import { awsHome } from '../graph/aws-accounts.ts';
import { type AwsPush, awsName, awsPushes } from '../graph/aws-entries.ts';
import { graphOf } from '../graph/graph.ts';
import { type Reader, remoteOf, type SecretGraph, secretId } from '../graph/secret-graph.ts';
import { uncovered } from '../iam/plan.ts';
import type { ExternalSecret, SecretEntry } from '../kinds/eso/external-secret-spec.ts';
import { providerOf } from '../kinds/eso/providers.ts';
import { type AwsStore, awsStore, type StoreRef, storeKind, storeOf } from '../kinds/eso/stores.ts';
import { objectName, type PlacedObject, specOf } from '../kinds/kind.ts';
import { writtenObject } from '../kinds/kinds.ts';
import { pathText, shown, sortKey } from '../report/text.ts';
import type { CommonOptions } from '../shell/command.ts';
import { manifestsAt } from '../shell/command-input.ts';
import { type ManifestFlags, wrongUsage } from '../shell/flags.ts';
import { type Unseen, unseenIn } from '../shell/print.ts';
import { mergeEnvironment } from '../spec/merge.ts';
import { objectsOf, shownObjects, shownSources } from '../world/object-set.ts';
import type { FieldPlace } from '../world/places.ts';
import type { EntryReader, EntryStore, EntryUse, RemoteEntry } from './entry.ts';

/** What the manifests want of stores, by environment, and what kept it from being known. */
export interface WantedEntries extends Unseen {
  readonly lists: readonly EntryList[];
  readonly placeOf: FieldPlace;
  /** All that is read, also by what is not at the paths. */
  readonly used: () => readonly RemoteEntry[];
  /** What is read or pushed, and is not known by name. */
  readonly notes: readonly string[];
}

export interface EntryList {
  /** Empty if the manifests are not of a spec. */
  readonly environment: string;
  readonly entries: readonly RemoteEntry[];
}

/** The entries of the paths, or of every overlay of the spec; the exit code if the spec is wrong. */
export async function wantedEntries(
  options: ManifestFlags & CommonOptions,
  host: Host,
): Promise<WantedEntries | number> {
  const looked = await manifestsAt(options, host);
  if (typeof looked === 'number') return looked;
  const { sets, read } = looked;
  const specEntries = read && entriesWithSpec(read);
  const graphs = sets.map(set => ({ set, graph: graphOf(objectsOf(set)) }));
  const listed = ({ set, graph }: (typeof graphs)[number], objects: readonly PlacedObject[]) => {
    const environment = set.unit?.name ?? '';
    const entries = remoteEntries(graph, new Set(objects));
    return { environment, entries: specEntries?.(environment, entries) ?? entries };
  };
  const lists = graphs.map(manifests => listed(manifests, shownObjects(manifests.set)));
  const notes = [...new Set(graphs.flatMap(({ graph }) => uncovered(graph)))];
  for (const note of notes) host.stderr(`rem-secrets: ${shown(note)}\n`);
  // Without manifests that read no entry, unless they belong to an environment or nothing else is left.
  const some = lists.filter(({ environment, entries }) => environment !== '' || entries.length > 0);
  return {
    lists: some.length === 0 ? [{ environment: '', entries: [] }] : some,
    used: () => graphs.flatMap(manifests => listed(manifests, manifests.graph.objects).entries),
    notes,
    placeOf: placesFor(sets, host, read),
    ...unseenIn(sets.flatMap(shownSources)),
  };
}

/** Adds to the stores of entries what a spec says and manifests do not: `expand` writes whole names of entries. */
function entriesWithSpec({ spec }: ReadSpec) {
  const clusters = specClusters(spec).value ?? [];
  return (environment: string, entries: readonly RemoteEntry[]): RemoteEntry[] => {
    const isNamed = Object.hasOwn(spec.spec.environments ?? {}, environment);
    const { stores = {} } = mergeEnvironment(spec, isNamed ? environment : undefined);
    const prefixes = new Map(Object.entries(stores).map(([name, { aws }]) => [name, aws?.prefix]));
    const settings = clusters.find(
      ({ name, environments }) => name === environment || environments.includes(environment),
    )?.settings;
    // The account of External Secrets, which it reads where a store names no other.
    const account = /^\d{12}$/.exec(settings?.account ?? '')?.[0];
    return entries.map(({ store, ...entry }) => {
      const { name } = store.name;
      const fromSpec = {
        prefix: prefixes.get(name) ?? store.prefix,
        account: (store.isOwn === true ? account : undefined) ?? store.account,
        keys: settings?.keys.get(name) ?? [],
      };
      return { ...entry, store: { ...store, ...fromSpec } };
    });
  };
}

/** The entries that these objects read or push, sorted by store and name. */
export function remoteEntries(graph: SecretGraph, from: ReadonlySet<PlacedObject>): RemoteEntry[] {
  // A search is kept apart from an entry of the same text.
  const groups = groupBy(entryUses(graph, from), ({ store, name, use }) =>
    [pathText(store.name), name, ...(use.how === 'search' ? [''] : [])].join('\0'),
  );
  return sortBy([...groups], ([id]) => id).map(([, same]) => {
    const [{ store, name, use }] = same;
    const uses = same.map(named => named.use);
    const properties = [...new Set(uses.flatMap(({ property = [] }) => property))].sort();
    return { store, name, isSearch: use.how === 'search', properties, uses };
  });
}

type NamedUse = Pick<RemoteEntry, 'store' | 'name'> & { readonly use: EntryUse };

/** What these objects read from stores and push to AWS. Secrets that a store reads from a cluster are no entries. */
function entryUses(graph: SecretGraph, objects: ReadonlySet<PlacedObject>): NamedUse[] {
  const readersOf = secretReaders(graph);
  const isOwn = ({ object }: { readonly object: PlacedObject }): boolean =>
    objects.has(writtenObject(object));
  const reads = graph.externalSecrets.filter(isOwn);
  const pushes = awsPushes(graph).pushes.filter(isOwn);
  return [
    ...reads.flatMap(secret => usesOf(secret, graph, readersOf)),
    ...pushes.map(push => {
      const use = pushUse(push, readersOf);
      return { store: storeOfAws(push.store, graph), name: push.name ?? '', use };
    }),
  ];
}

/** Answers who reads keys of a Secret, and into which variables; any key if `keys` is undefined. */
type ReadersOf = (secret: EntryUse['secret'], keys: EntryUse['keys']) => EntryReader[];

/** How many variables are made of keys in all: each of thousands of containers may have all keys. */
const MOST_VARIABLES = 1_000_000;

export function secretReaders(graph: SecretGraph): ReadersOf {
  const running = new Set(graph.pods.map(({ object }) => object));
  const readsAs = ({ object, how }: Reader, wanted: Reader['how']): boolean =>
    how === wanted && running.has(object);
  const known = graph.readers.filter(read => read.key !== undefined || !readsAs(read, 'env'));
  const byId = groupBy(known, ({ namespace, secret }) => secretId(namespace, secret));
  const byKeyOf = oncePer((reads: readonly Reader[]) => groupBy(reads, ({ key }) => key));
  let made = 0;
  return ({ namespace, name }, keys) => {
    const all = byId.get(secretId(namespace, name)) ?? [];
    const byKey = byKeyOf(all);
    const reads =
      keys === undefined ? all : [undefined, ...keys].flatMap(key => byKey.get(key) ?? []);
    const variablesOf = (ofReader: readonly Reader[]): string[] => {
      const named = ofReader.filter(read => readsAs(read, 'env'));
      const whole = ofReader.filter(read => readsAs(read, 'envFrom'));
      const prefixes = new Set(whole.map(variableText));
      made += prefixes.size * (keys?.length ?? 0);
      const endings = made > MOST_VARIABLES ? ['…'] : (keys ?? []);
      return [
        ...named.map(variableText),
        ...[...prefixes].flatMap(prefix => endings.map(ending => prefix + ending)),
      ];
    };
    const byReader = [...groupBy(reads, ({ object }) => writtenObject(object))];
    const readers = byReader.map(([object, ofReader]) => {
      return { name: objectName(object), variables: [...new Set(variablesOf(ofReader))].sort() };
    });
    return sortBy(readers, ({ name }) => sortKey(name));
  };
}

/** The variable of a read by env; of one by envFrom the prefix that all its variables have. */
const variableText = oncePer(({ object, path, how }: Reader): string => {
  // The path ends with `valueFrom.secretKeyRef.name`, or with `secretRef.name`.
  return how === 'env'
    ? scalarText(valueAt(object.json, [...path.slice(0, -3), 'name']))
    : (textAt(object.json, ...path.slice(0, -2), 'prefix') ?? '');
});

function usesOf(secret: ExternalSecret, graph: SecretGraph, readersOf: ReadersOf): NamedUse[] {
  const { object, namespace, target, data, dataFrom } = secret;
  const keysOf = resultKeysOf(secret);
  const entries = [...data, ...dataFrom.filter(({ generator }) => generator === undefined)];
  const made = { namespace, name: target };
  return entries.flatMap(entry => {
    const { storeRef } = entry;
    if (!storeRef || remoteOf(graph.find, namespace, storeRef) !== undefined) return [];
    const store = storeNamed(storeRef, namespace, graph);
    return partsOf(entry, keysOf).map(({ name, ...part }) => {
      const isPlain = store.aws === undefined || part.how === 'search';
      const use = { object, secret: made, ...part, readers: readersOf(made, part.keys) };
      return { store, name: isPlain ? name : awsName(store.aws, name), use };
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
    const { reads, isOpen } = templateReads(parseTemplate(scalarText(text)).nodes);
    return { key, reads: isOpen ? [undefined] : reads.map(read => read.key) };
  });
  const all = made.flatMap(({ key, reads }) => reads.map(read => ({ key, read })));
  const byRead = groupBy(all, ({ read }) => read);
  if (made.length === 0 && !isFromFiles) return fetched => [fetched];
  const isMerged = textAt(template, 'mergePolicy') === 'Merge';
  return fetched => {
    if (isFromFiles) return keys.isOpen ? undefined : [...keys.keys].sort();
    // An open template may read any key.
    const filled = [undefined, fetched].flatMap(read => byRead.get(read) ?? []);
    return [...new Set([...filled.map(({ key }) => key), ...(isMerged ? [fetched] : [])])].sort();
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
  return { name: named, provider, providerKind: providerOf(settings)?.provider };
}

function storeOfAws(aws: AwsStore, graph: SecretGraph): EntryStore {
  const { account, isOwn } = awsHome(aws, graph);
  const prefix = textAt(aws.settings, 'prefix');
  return { name: objectName(aws.object), provider: 'aws', aws, account, isOwn, prefix };
}

type Part = Omit<EntryUse, 'object' | 'secret' | 'readers'> & { readonly name: string };

function partsOf(entry: SecretEntry, keysOf: KeysOf): Part[] {
  const { path, ref, find = {} } = entry;
  if (ref !== undefined) {
    const named = { path: [...ref.path, 'key'], name: ref.key };
    return 'secretKey' in entry
      ? [{ ...named, ...refPart(ref.map, 'value'), keys: keysOf(entry.secretKey) }]
      : [{ ...named, ...refPart(ref.map, 'properties') }];
  }
  if (Object.keys(find).length === 0) return [];
  return [{ path: [...path, 'find'], name: searchText(find), how: 'search', isBase64: false }];
}

function refPart(ref: unknown, whole: 'value' | 'properties') {
  const isBase64 = textAt(ref, 'decodingStrategy') === 'Base64';
  if (textAt(ref, 'metadataPolicy') === 'Fetch') return { how: 'metadata' as const, isBase64 };
  const property = textAt(ref, 'property') ?? '';
  const of = { isBase64, version: textAt(ref, 'version') || undefined };
  if (property === '') return { how: whole, ...of };
  return { how: whole === 'value' ? ('property' as const) : whole, property, ...of };
}

function searchText(find: unknown): string {
  const tags = Object.entries(mapAt(find, 'tags')).map(
    ([tag, value]) => `${tag}=${scalarText(value)}`,
  );
  const path = textAt(find, 'path') ?? '';
  const name = textAt(find, 'name', 'regexp');
  return [path, name === undefined ? '' : `~ ${name}`, ...tags].filter(Boolean).join(' ');
}

function pushUse(push: AwsPush, readersOf: ReadersOf): EntryUse {
  const { object, path, metadata, secret: name, secretKeys: keys } = push;
  const pushedType = textAt(metadata, 'secretType');
  const secret = { namespace: object.namespace, name };
  const readers = readersOf(secret, keys).filter(
    ({ name: { kind, name: readerName } }) => kind !== object.kind || readerName !== object.name,
  );
  return { object, path, how: 'push', isBase64: false, secret, pushedType, keys, readers };
}

export function listOf(environment: string, lists: readonly EntryList[]): EntryList {
  const found = lists.find(list => list.environment === environment);
  if (found !== undefined) return found;
  const names = lists.flatMap(list => list.environment || []).join(', ');
  return names === ''
    ? wrongUsage('there are no environments: the manifests are named')
    : wrongUsage(`there is no environment ${JSON.stringify(environment)}, only ${names}`);
}

export function entriesIn(lists: readonly EntryList[]): RemoteEntry[] {
  return lists.flatMap(({ entries }) => entries);
}

/** Answers which entries of another environment have the same purpose as an entry. */
export function siblingsAmong(all: readonly RemoteEntry[]): (entry: RemoteEntry) => RemoteEntry[] {
  const uses = all.flatMap(entry => entry.uses.map(use => ({ entry, id: useId(entry, use) })));
  const byUse = groupBy(uses, ({ id }) => id);
  return entry => {
    const alike = entry.uses.flatMap(use => byUse.get(useId(entry, use)) ?? []);
    const found = new Set(alike.map(({ entry }) => entry));
    return [...found].filter(({ name }) => name !== entry.name);
  };
}

/** Identifies a use across environments by Secret and keys: namespaces and prefixes differ. */
function useId({ name }: RemoteEntry, { how, secret, keys, property }: EntryUse): string {
  const keysOrName = keys ?? name.slice(name.lastIndexOf('/') + 1);
  return JSON.stringify([how, secret.name, keysOrName, property]);
}
