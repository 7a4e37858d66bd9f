import type { Path } from '../core/finding.ts';
import type { JsonObject } from '../core/json.ts';
import { firstOfEach, isMap, listAt, mapAt, mapsAt, textAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import type { Resource } from '../kinds/ack.ts';
import { selectsObject } from '../kinds/core/pod.ts';
import { type BulkName, bulkNames, pushedKeySet } from '../kinds/eso/external-secret-spec.ts';
import { generatorIn, generatorOf, registryLogin, sessionLogin } from '../kinds/eso/generators.ts';
import type { AwsCall, AwsSource, AwsStore, AwsUse } from '../kinds/eso/stores.ts';
import { awsStore, callsOf, pushMetadata, STORES, storeRefOf } from '../kinds/eso/stores.ts';
import type { KeySet, ObjectField, PlacedObject } from '../kinds/kind.ts';
import type { PushSpec, SecretGraph, StoreRead } from './secret-graph.ts';
import { findSecret, pushSpecs, storeReads } from './secret-graph.ts';

/** An entry of an ExternalSecret or a PushSecret that an AWS store serves, or a generator's token. */
export interface AwsEntry<Source extends AwsSource = AwsSource> extends ObjectField {
  readonly store: Source;
  /** The namespace that it is used in: a store may log in as an account of it. */
  readonly namespace: string;
  readonly uses: readonly AwsUse[];
  /** The name in AWS, with the store's prefix; absent: it searches, or has none. */
  readonly name?: string;
  readonly find?: JsonObject;
  /** `metadata.spec` of an entry of a PushSecret. */
  readonly metadata?: JsonObject;
  readonly metadataPath?: Path;
}

/** All entries that are read from AWS and written to it, and the tokens that generators get. */
export const awsEntries: (graph: SecretGraph) => readonly AwsEntry[] = oncePer(graph => [
  ...awsReads(graph),
  ...awsPushes(graph).pushes,
  ...awsTokens(graph),
]);

/** Whether nothing can be said about a name: it has a variable, is an ARN, or is one of AWS's own parameters. */
export function isNameOutside(name: string): boolean {
  return isUnresolved(name) || /^arn:|^\/aws\/(service|reference)\//.test(name);
}

/** The calls that ESO makes for an entry, each once. */
export function callsFor({ store, uses }: AwsEntry): readonly AwsCall[] {
  const [use, ...more] = uses;
  if (use === undefined) return [];
  if (more.length === 0) return callsOf(store.service, use);
  const calls = uses.flatMap(name => callsOf(store.service, name));
  return firstOfEach(calls, ({ action, on }) => `${action} ${on}`);
}

/** An entry as a policy may name it: Secrets Manager adds six characters to the ARN of a secret. */
export function entryResources({ store: { service, region }, name = '' }: AwsEntry): Resource[] {
  if (service === 'ParameterStore')
    return [{ service: 'ssm', region, name: `parameter/${name.replace(/^\//, '')}` }];
  const secret = { service: 'secretsmanager', region, name: `secret:${name}` };
  return [{ ...secret, name: `${secret.name}-AbCdEf` }, secret];
}

export function awsStores({ byKind }: SecretGraph): AwsStore[] {
  return STORES.flatMap(byKind).flatMap(object => awsStore(object) ?? []);
}

export const awsReads: (graph: SecretGraph) => readonly AwsEntry<AwsStore>[] = oncePer(graph => {
  const reads = storeReads(graph);
  return awsStores(graph).flatMap(store =>
    (reads.get(store.object) ?? []).flatMap(read => readsOf(read, store)),
  );
});

function readsOf({ secret, entry }: StoreRead, store: AwsStore): AwsEntry<AwsStore>[] {
  const { object, namespace } = secret;
  const { path, ref, find } = entry;
  const isFetched = textAt(ref?.map, 'metadataPolicy') === 'Fetch';
  const uses: AwsUse[] = [isFetched ? 'metadata' : 'value'];
  const read = ref && { path: [...ref.path, 'key'], uses, name: awsName(store, ref.key) };
  const search = find && { path: [...path, 'find'], uses: searchOf(store, find), find };
  return [read ?? [], search ?? []].flat().map(use => ({ object, store, namespace, ...use }));
}

/** The kind of a search: a name wins over tags, and Parameter Store searches a name below a path. ESO refuses one with neither. */
function searchOf({ service }: AwsStore, find: JsonObject): AwsUse[] {
  const isNamed = isMap(find['name']);
  if (service === 'ParameterStore') return isNamed ? ['path'] : isMap(find['tags']) ? ['tags'] : [];
  if (!isNamed && Object.keys(mapAt(find, 'tags')).length === 0) return [];
  if (textAt(find, 'path') !== undefined) return ['path'];
  return [isNamed ? 'names' : 'tags'];
}

/** The name that ESO asks for: the store's prefix and the key. */
export function awsName({ settings }: AwsStore, key: string): string {
  return key === '' ? '' : (textAt(settings, 'prefix') ?? '') + key;
}

export interface AwsPush extends AwsEntry<AwsStore> {
  /** The Secret that is pushed; empty where labels choose it, or a generator makes it. */
  readonly secret: string;
  /** The keys of it that the entry holds; undefined: all, or not known. */
  readonly secretKeys?: readonly string[];
}

/** The entries that are written to AWS, one for each store that they go to; `unknown`: pushes in bulk whose entries are not known (docs/facts/eso.md#bulk-pushes). */
export const awsPushes: (graph: SecretGraph) => {
  readonly pushes: readonly AwsPush[];
  readonly unknown: readonly Pick<AwsPush, 'object' | 'store'>[];
} = oncePer(graph => {
  const stores = awsStores(graph);
  let tries = 0;
  const listed = (stores.length === 0 ? [] : pushSpecs(graph)).flatMap(push => {
    const dataTo = listAt(push.spec, 'dataTo');
    const keys = keysOf(push, graph);
    const refs = listAt(push.spec, 'secretStoreRefs');
    const named = stores.filter(({ object: store }) =>
      refs.some(ref => isReferenceTo(ref, store, push.object)),
    );
    tries += named.length * (1 + dataTo.length * keys.keys.size);
    if (tries > MOST_TRIES)
      return named.slice(0, 1).map(store => ({ push, store, lists: [undefined] }));
    return named.map(store => ({ push, store, lists: listsFor(store, push, keys) }));
  });
  return {
    pushes: listed.flatMap(({ lists }) => lists.flatMap(entries => entries ?? [])),
    unknown: listed
      .filter(({ lists }) => lists.includes(undefined))
      .map(({ push, store }) => ({ object: push.object, store })),
  };
});

/** How many pairs of a push and a store, and of a key and an entry of `dataTo`, are tried: thousands of each would take for ever. */
const MOST_TRIES = 200_000;

/** What a push writes to a store by `data` and by each entry of `dataTo`; undefined: not known. */
function listsFor(store: AwsStore, push: PushSpec, keys: KeySet) {
  const bulk = listAt(push.spec, 'dataTo').map((entry, index) => {
    const { storeRef } = mapAt(entry);
    if (isMap(storeRef) && !isReferenceTo(storeRef, store.object, push.object)) return [];
    const names = bulkNames(entry, keys, push.spec);
    return names?.map(name => pushed(store, push, entry, name, ['dataTo', index]));
  });
  return [pushedTo(store, push), ...bulk];
}

function isReferenceTo(written: unknown, store: PlacedObject, from: PlacedObject): boolean {
  const ref = storeRefOf(written, []);
  if (ref?.kind !== store.kind) return false;
  if (store.namespace !== '' && from.namespace !== '' && store.namespace !== from.namespace)
    return false;
  if (ref.name !== '') return ref.name === store.name;
  const selector = isMap(written) ? written['labelSelector'] : undefined;
  return isMap(selector) && selectsObject(selector, store);
}

function pushedTo(store: AwsStore, push: PushSpec): AwsPush[] {
  return mapsAt(push.spec, [], 'data').flatMap(({ map, path }) => {
    const remoteKey = textAt(map, 'match', 'remoteRef', 'remoteKey');
    if (remoteKey === undefined) return [];
    const key = textAt(map, 'match', 'secretKey');
    const name = { remoteKey, ...(key !== undefined && { secretKeys: [key] }) };
    return [pushed(store, push, map, name, [...path, 'match', 'remoteRef', 'remoteKey'])];
  });
}

function keysOf({ object, spec }: PushSpec, graph: SecretGraph): KeySet {
  const source = findSecret(graph, object.namespace, sourceOf(spec));
  return pushedKeySet(source, mapAt(spec, 'template'));
}

function pushed(
  store: AwsStore,
  { object, path, spec }: PushSpec,
  entry: unknown,
  { remoteKey, ...keys }: BulkName,
  place: Path,
): AwsPush {
  const metadata = pushMetadata(entry);
  const isDeleting = textAt(spec, 'deletionPolicy') === 'Delete';
  return {
    object,
    path: [...path, ...place],
    store,
    namespace: object.namespace,
    uses: usesOf(metadata, isDeleting),
    name: awsName(store, remoteKey),
    metadata,
    metadataPath: [...path, ...place.slice(0, 2), 'metadata', 'spec'],
    secret: sourceOf(spec),
    ...keys,
  };
}

function sourceOf(spec: unknown): string {
  return textAt(spec, 'selector', 'secret', 'name') ?? '';
}

function usesOf(metadata: JsonObject, isDeleting: boolean): AwsUse[] {
  return [
    'push',
    ...(Object.keys(mapAt(metadata, 'tags')).length > 0 ? (['new tags'] as const) : []),
    isMap(metadata['resourcePolicy']) ? 'policy' : 'no policy',
    ...(Array.isArray(metadata['replicationLocations']) ? (['replicas'] as const) : []),
    ...(isDeleting ? (['delete'] as const) : []),
  ];
}

const generatorUses = oncePer((graph: SecretGraph) => {
  const inDataFrom = graph.specs.flatMap(({ object, namespace, dataFrom }) =>
    dataFrom.map(({ path: at, generator: named }) => {
      const path = [...at, 'sourceRef', 'generatorRef'];
      return { object, namespace, path, named };
    }),
  );
  const inPushes = pushSpecs(graph).map(({ object, path: at, spec }) => {
    const named = generatorIn(spec['selector']);
    const path = [...at, 'selector', 'generatorRef'];
    return { object, namespace: object.namespace, path, named };
  });
  return [...inDataFrom, ...inPushes].flatMap(({ named, ...use }) => {
    const generator = named && generatorOf(graph.find, named, use.namespace);
    return generator ? [{ ...use, generator }] : [];
  });
});

function awsTokens(graph: SecretGraph): AwsEntry[] {
  return generatorUses(graph).flatMap(({ object, path, namespace, generator }): AwsEntry[] => {
    const store = registryLogin(generator);
    return store === undefined ? [] : [{ object, path, store, namespace, uses: ['token'] }];
  });
}

/** The generators of AWS sessions, and who logs in. */
export function awsSessions(
  graph: SecretGraph,
): { readonly object: PlacedObject; readonly by: 'user' | 'role' }[] {
  const used = new Set(generatorUses(graph).map(({ generator }) => generator));
  return [...used].flatMap(object => {
    const by = sessionLogin(object);
    return by === undefined ? [] : [{ object, by }];
  });
}
