import type { Path } from '../ground/finding.ts';
import { groupBy } from '../ground/group-by.ts';
import { isMap, listAt, mapAt, textAt } from '../ground/json.ts';
import { oncePer } from '../ground/once-per.ts';
import { pushSecret } from '../kinds/eso/push-secret.ts';
import { storeKind } from '../kinds/eso/stores.ts';
import { type Item, specOf } from '../kinds/kind.ts';
import { eachSpec } from './each-spec.ts';
import type { DataEntry, DataFromEntry, ExternalSecret, StoreRef } from './external-secrets.ts';
import type { SecretGraph } from './secret-graph.ts';

/** The store that a reference means: in the namespace, or the cluster's own. */
export function storeOf(
  find: SecretGraph['find'],
  ref: StoreRef,
  namespace: string,
): Item | undefined {
  const kind = storeKind(ref.kind);
  return kind && find(kind, kind.isOfCluster ? '' : namespace, ref.name);
}

/** The namespace that a kubernetes store reads; undefined for other stores. */
export function remoteNamespaceOf(store: Item): string | undefined {
  const provider = mapAt(specOf(store), 'provider');
  if (!isMap(provider['kubernetes']) || Object.keys(provider).length > 1) return undefined;
  return textAt(provider, 'kubernetes', 'remoteNamespace') ?? 'default';
}

/** Whether a kubernetes store reads this cluster, whose RBAC may be in the set. */
export function isInCluster(store: Item): boolean {
  const url = textAt(specOf(store), 'provider', 'kubernetes', 'server', 'url');
  return remoteNamespaceOf(store) !== undefined && isOwnApiServer(url ?? 'kubernetes.default');
}

/** The names that the API server has inside of its cluster. */
export function isOwnApiServer(url: string): boolean {
  return /^(https:\/\/)?kubernetes(\.default(\.svc(\.cluster\.local)?)?)?(:\d+)?\/?$/.test(url);
}

/** An entry of an ExternalSecret, with the store that serves it. */
export interface StoreRead {
  readonly store: Item;
  readonly secret: ExternalSecret;
  readonly entry: DataEntry | DataFromEntry;
}

/** What is read of each store of the set, once where it is written. */
export const storeReads: (graph: SecretGraph) => ReadonlyMap<Item, readonly StoreRead[]> = oncePer(
  ({ externalSecrets, find }) => {
    const all = eachSpec(externalSecrets).flatMap(secret =>
      [...secret.data, ...secret.dataFrom].flatMap((entry): StoreRead[] => {
        const store = entry.storeRef && storeOf(find, entry.storeRef, secret.namespace);
        return store === undefined ? [] : [{ store, secret, entry }];
      }),
    );
    return groupBy(all, ({ store }) => store);
  },
);

/** A place that names a store, and the namespace it is used from. */
export interface StoreUse {
  readonly item: Item;
  readonly namespace: string;
  readonly ref: StoreRef;
}

/** Every use of a store: to read, by an ExternalSecret or an entry of it, and to write, by a PushSecret. */
export const storeUses: (graph: SecretGraph) => readonly StoreUse[] = oncePer(graph => [
  ...graph.externalSecrets.flatMap(secret => {
    const { item, namespace } = secret;
    return storeRefs(secret).map(ref => ({ item, namespace, ref }));
  }),
  ...graph.byKind(pushSecret).flatMap(item =>
    listAt(specOf(item), 'secretStoreRefs').flatMap((entry, index): StoreUse[] => {
      const name = textAt(entry, 'name');
      const kind = textAt(entry, 'kind') ?? 'SecretStore';
      const path: Path = ['spec', 'secretStoreRefs', index];
      // It may choose stores by their labels.
      return name === undefined
        ? []
        : [{ item, namespace: item.namespace, ref: { kind, name, path } }];
    }),
  ),
]);

/** The store of an ExternalSecret, and those of entries that name one of their own. */
function storeRefs({ storeRef, data, dataFrom }: ExternalSecret): StoreRef[] {
  const own = [...data, ...dataFrom.filter(({ generator }) => generator === undefined)];
  const others = own.map(entry => entry.storeRef).filter(ref => ref !== storeRef);
  return [storeRef, ...others].filter(ref => ref !== undefined);
}
