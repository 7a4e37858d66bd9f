import type { Path } from '../core/finding.ts';
import { isMap, type JsonObject, textAt, valueAt } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import { generatorKind, registryLogin, sessionLogin } from '../kinds/eso/generators.ts';
import { PUSH_SECRETS } from '../kinds/eso/specs.ts';
import {
  type AwsSource,
  type AwsStore,
  type AwsUse,
  awsStore,
  STORES,
} from '../kinds/eso/stores.ts';
import type { ObjectField, PlacedObject } from '../kinds/kind.ts';
import { eachSpec, type SecretGraph } from './secret-graph.ts';
import { type StoreRead, storeReads } from './stores.ts';

/** A place that has a generator make something, and the generator. */
interface GeneratorUse {
  readonly object: PlacedObject;
  /** Of the reference. */
  readonly path: Path;
  readonly namespace: string;
  readonly generator: PlacedObject;
}

/** Every use of a generator of the set. */
const generatorUses: (graph: SecretGraph) => readonly GeneratorUse[] = oncePer(graph => [
  ...eachSpec(graph.externalSecrets).flatMap(({ object, namespace, dataFrom }) =>
    dataFrom.flatMap(({ path, generator }) =>
      used(object, [...path, 'sourceRef', 'generatorRef'], namespace, generator, graph),
    ),
  ),
  ...[...PUSH_SECRETS].flatMap(([kind, specPath]) =>
    graph.byKind(kind).flatMap(object => {
      const path = [...specPath, 'selector', 'generatorRef'];
      const ref = valueAt(object.json, path);
      const named = { kind: textAt(ref, 'kind') ?? '', name: textAt(ref, 'name') ?? '' };
      return used(object, path, object.namespace, isMap(ref) ? named : undefined, graph);
    }),
  ),
]);

/** Those that are used, each once. */
function usedGenerators(graph: SecretGraph): PlacedObject[] {
  return [...new Set(generatorUses(graph).map(({ generator }) => generator))];
}

function used(
  object: PlacedObject,
  path: Path,
  namespace: string,
  named: { readonly kind: string; readonly name: string } | undefined,
  { find }: SecretGraph,
): GeneratorUse[] {
  const kind = named && generatorKind(named.kind);
  if (named === undefined || kind === undefined) return [];
  const generator = find(kind, kind.isOfCluster === true ? '' : namespace, named.name);
  return generator === undefined ? [] : [{ object, path, namespace, generator }];
}

/** The tokens that generators get of AWS, each where it is asked for. */
export function awsTokens(graph: SecretGraph): AwsEntry[] {
  return generatorUses(graph).flatMap(({ object, path, namespace, generator }): AwsEntry[] => {
    const store = registryLogin(generator);
    return store === undefined ? [] : [{ object, path, store, namespace, uses: ['token'] }];
  });
}

/** The generators that log in to AWS, each once. */
export function awsGenerators(graph: SecretGraph): AwsSource[] {
  return usedGenerators(graph).flatMap(object => registryLogin(object) ?? []);
}

/** The generators of sessions that are used, and who asks for them. */
export function awsSessions(
  graph: SecretGraph,
): { readonly object: PlacedObject; readonly by: 'user' | 'role' }[] {
  return usedGenerators(graph).flatMap(object => {
    const by = sessionLogin(object);
    return by === undefined ? [] : [{ object, by }];
  });
}

/** An entry of an ExternalSecret or a PushSecret that an AWS store serves, or a generator's token. */
export interface AwsEntry<Source extends AwsSource = AwsSource> extends ObjectField {
  readonly store: Source;
  /** From where it is used: a store may log in as an account of that namespace. */
  readonly namespace: string;
  readonly uses: readonly AwsUse[];
  /** The name in AWS, with the store's prefix; absent: it searches, or has none. */
  readonly name?: string;
  readonly find?: JsonObject;
  /** The spec of what a PushSecret says about an entry. */
  readonly metadata?: JsonObject;
}

/** All stores of a set that read AWS. */
export function awsStores({ byKind }: SecretGraph): AwsStore[] {
  return STORES.flatMap(byKind).flatMap(object => awsStore(object) ?? []);
}

/** All reads of AWS, each where it is written. */
export function awsReads(graph: SecretGraph): AwsEntry<AwsStore>[] {
  const reads = storeReads(graph);
  return awsStores(graph).flatMap(store =>
    (reads.get(store.object) ?? []).flatMap(read => readsOf(read, store)),
  );
}

function readsOf(
  { secret: { object, namespace }, entry }: StoreRead,
  store: AwsStore,
): AwsEntry<AwsStore>[] {
  const { path } = entry;
  const named = (name: string, below: string): AwsEntry<AwsStore> => ({
    object,
    path: [...path, below, 'key'],
    store,
    namespace,
    uses: isFetch(valueAt(object.json, [...path, below])) ? METADATA : VALUE,
    name: awsName(store, name),
  });
  if ('secretKey' in entry) return [named(entry.key, 'remoteRef')];
  const { extract, spec } = entry;
  const find = isMap(spec['find']) ? spec['find'] : undefined;
  return [
    ...(extract === undefined ? [] : [named(extract, 'extract')]),
    ...(find === undefined
      ? []
      : [
          {
            object,
            path: [...path, 'find'],
            store,
            namespace,
            uses: [searchOf(store, find)],
            find,
          },
        ]),
  ];
}

const VALUE: readonly AwsUse[] = ['value'];
const METADATA: readonly AwsUse[] = ['metadata'];

function isFetch(remoteRef: unknown): boolean {
  return textAt(remoteRef, 'metadataPolicy') === 'Fetch';
}

/** The name that ESO asks for: it puts the store's prefix before every key. */
export function awsName({ settings }: AwsStore, key: string): string {
  return key === '' ? '' : (textAt(settings, 'prefix') ?? '') + key;
}

/** A name goes before tags, and in Parameter Store a search by name is one below a path. */
function searchOf({ service }: AwsStore, find: JsonObject): AwsUse {
  const isNamed = isMap(find['name']);
  if (service === 'ParameterStore') return isNamed ? 'path' : 'tags';
  if (textAt(find, 'path') !== undefined) return 'path';
  return isNamed ? 'names' : 'tags';
}
