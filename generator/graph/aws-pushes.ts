import type { Path } from '../ground/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt } from '../ground/json.ts';
import { valueAt } from '../ground/value-path.ts';
import { selectsItem } from '../kinds/core/label-selector.ts';
import type { AwsUse } from '../kinds/eso/aws-call.ts';
import type { AwsStore } from '../kinds/eso/aws-provider.ts';
import { PUSH_SECRETS } from '../kinds/eso/specs.ts';
import { storeRefOf } from '../kinds/eso/store-ref.ts';
import type { Item } from '../kinds/kind.ts';
import { type AwsEntry, awsName, awsStores } from './aws-stores.ts';
import type { SecretGraph } from './secret-graph.ts';

/** What is written to AWS, each entry for each store where it goes. */
export function awsPushes(graph: SecretGraph): AwsEntry[] {
  const stores = awsStores(graph);
  if (stores.length === 0) return [];
  return pushSpecs(graph).flatMap(({ item, path, spec }) => {
    const refs = listAt(spec, 'secretStoreRefs');
    return stores
      .filter(store => refs.some(ref => isMeant(ref, store.item, item)))
      .flatMap(store => pushedTo(store, item, path, spec));
  });
}

/** A push of all keys that a Secret has: what it writes is not known from what is written here. */
interface BulkPush {
  readonly item: Item;
  readonly store: AwsStore;
}

/** What pushes in bulk to AWS (docs/facts/eso.md#bulk-pushes). */
export function awsBulkPushes(graph: SecretGraph): BulkPush[] {
  const stores = awsStores(graph);
  if (stores.length === 0) return [];
  return pushSpecs(graph).flatMap(({ item, spec }) => {
    const refs = listAt(spec, 'dataTo').flatMap(entry =>
      isMap(entry) && isMap(entry['storeRef'])
        ? [entry['storeRef']]
        : listAt(spec, 'secretStoreRefs'),
    );
    return stores
      .filter(store => refs.some(ref => isMeant(ref, store.item, item)))
      .map(store => ({ item, store }));
  });
}

interface PushSpec {
  readonly item: Item;
  readonly path: Path;
  readonly spec: unknown;
}

function pushSpecs(graph: SecretGraph): PushSpec[] {
  return [...PUSH_SECRETS].flatMap(([kind, path]) =>
    graph.byKind(kind).map(item => ({ item, path, spec: valueAt(item.object, path) })),
  );
}

/** A reference names a store, or chooses stores by their labels. */
function isMeant(given: unknown, store: Item, from: Item): boolean {
  const ref = storeRefOf(given, []);
  if (ref?.kind !== store.kind) return false;
  if (store.namespace !== '' && from.namespace !== '' && store.namespace !== from.namespace)
    return false;
  if (ref.name !== '') return ref.name === store.name;
  const selector = isMap(given) ? given['labelSelector'] : undefined;
  return isMap(selector) && selectsItem(selector, store);
}

function pushedTo(store: AwsStore, item: Item, path: Path, spec: unknown): AwsEntry[] {
  const isDeleting = textAt(spec, 'deletionPolicy') === 'Delete';
  return listAt(spec, 'data').flatMap((entry, index): AwsEntry[] => {
    const key = textAt(entry, 'match', 'remoteRef', 'remoteKey');
    if (key === undefined) return [];
    const metadata = mapAt(entry, 'metadata', 'spec');
    return [
      {
        item,
        path: [...path, 'data', index, 'match', 'remoteRef', 'remoteKey'],
        store,
        namespace: item.namespace,
        uses: usesOf(metadata, isDeleting),
        name: awsName(store, key),
        metadata,
      },
    ];
  });
}

/** Parameter Store knows neither resource policies nor replicas, and has no calls for them. */
function usesOf(metadata: JsonObject, isDeleting: boolean): AwsUse[] {
  return [
    'push',
    ...(Object.keys(mapAt(metadata, 'tags')).length > 0 ? (['new tags'] as const) : []),
    isMap(metadata['resourcePolicy']) ? 'policy' : 'no policy',
    ...(Array.isArray(metadata['replicationLocations']) ? (['replicas'] as const) : []),
    ...(isDeleting ? (['delete'] as const) : []),
  ];
}
