import type { Path } from '../ground/finding.ts';
import { isMap, type JsonObject, textAt } from '../ground/json.ts';
import { type AwsStore, awsStore } from '../kinds/eso/aws-provider.ts';
import { STORES } from '../kinds/eso/stores.ts';
import type { Item } from '../kinds/kind.ts';
import type { SecretGraph } from './secret-graph.ts';
import { type StoreRead, storeReads } from './stores.ts';

/** An entry of an ExternalSecret that an AWS store serves. */
export interface AwsRead {
  readonly item: Item;
  readonly path: Path;
  readonly store: AwsStore;
  /** The name in AWS, with the store's prefix; absent: it searches. */
  readonly name?: string;
  readonly find?: JsonObject;
}

/** All stores of a set that read AWS. */
export function awsStores({ byKind }: SecretGraph): AwsStore[] {
  return STORES.flatMap(byKind).flatMap(item => awsStore(item) ?? []);
}

/** All reads of AWS, each where it is written. */
export function awsReads(graph: SecretGraph): AwsRead[] {
  const reads = storeReads(graph);
  return awsStores(graph).flatMap(store =>
    (reads.get(store.item) ?? []).flatMap(read => readsOf(read, store)),
  );
}

function readsOf({ secret: { item }, entry }: StoreRead, store: AwsStore): AwsRead[] {
  const { path } = entry;
  const prefix = textAt(store.settings, 'prefix') ?? '';
  const named = (name: string, ...below: string[]): AwsRead => ({
    item,
    path: [...path, ...below, 'key'],
    store,
    name: name === '' ? '' : prefix + name,
  });
  if ('secretKey' in entry) return [named(entry.key, 'remoteRef')];
  const { extract, spec } = entry;
  const find = isMap(spec['find']) ? spec['find'] : undefined;
  return [
    ...(extract === undefined ? [] : [named(extract, 'extract')]),
    ...(find === undefined ? [] : [{ item, path: [...path, 'find'], store, find }]),
  ];
}
