import { isMap, type JsonObject, textAt, valueAt } from '../ground/json.ts';
import { type AwsSource, type AwsStore, type AwsUse, awsStore } from '../kinds/eso/aws-provider.ts';
import { STORES } from '../kinds/eso/stores.ts';
import type { ObjectField } from '../kinds/kind.ts';
import type { SecretGraph } from './secret-graph.ts';
import { type StoreRead, storeReads } from './stores.ts';

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
