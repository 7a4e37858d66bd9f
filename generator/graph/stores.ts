import { groupBy } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import { pushedStores, pushSecret } from '../kinds/eso/cluster-kinds.ts';
import type {
  DataEntry,
  DataFromEntry,
  ExternalSecret,
} from '../kinds/eso/external-secret-spec.ts';
import { remoteNamespaceOf, STORES, type StoreRef, storeKind } from '../kinds/eso/stores.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { eachSpec, type Reader, type SecretGraph } from './secret-graph.ts';

/** The store that a reference means: in the namespace, or the cluster's own. */
export function storeOf(
  find: SecretGraph['find'],
  ref: StoreRef,
  namespace: string,
): PlacedObject | undefined {
  const kind = storeKind(ref.kind);
  return kind && find(kind, kind.isOfCluster ? '' : namespace, ref.name);
}

/** The namespace that is read through a reference to a kubernetes store of the set. */
export function remoteOf(
  find: SecretGraph['find'],
  ref: StoreRef | undefined,
  namespace: string,
): string | undefined {
  const store = ref && storeOf(find, ref, namespace);
  return store && remoteNamespaceOf(store);
}

/** An entry of an ExternalSecret, with the store that serves it. */
export interface StoreRead {
  readonly store: PlacedObject;
  readonly secret: ExternalSecret;
  readonly entry: DataEntry | DataFromEntry;
}

/** What is read of each store of the set, once where it is written. */
export const storeReads: (graph: SecretGraph) => ReadonlyMap<PlacedObject, readonly StoreRead[]> =
  oncePer(({ externalSecrets, find, byKind }) => {
    if (STORES.every(kind => byKind(kind).length === 0)) return new Map();
    const all = eachSpec(externalSecrets).flatMap(secret =>
      [...secret.data, ...secret.dataFrom].flatMap((entry): StoreRead[] => {
        const store = entry.storeRef && storeOf(find, entry.storeRef, secret.namespace);
        return store === undefined ? [] : [{ store, secret, entry }];
      }),
    );
    return groupBy(all, ({ store }) => store);
  });

/** A place that names a store, and the namespace it is used from. */
export interface StoreUse {
  readonly object: PlacedObject;
  readonly namespace: string;
  readonly ref: StoreRef;
}

/** Every use of a store: to read, by an ExternalSecret or an entry of it, and to write, by a PushSecret. */
export const storeUses: (graph: SecretGraph) => readonly StoreUse[] = oncePer(graph => [
  ...graph.externalSecrets.flatMap(secret => {
    const { object, namespace } = secret;
    return storeRefs(secret).map(ref => ({ object, namespace, ref }));
  }),
  ...graph
    .byKind(pushSecret)
    .flatMap(object =>
      pushedStores(object).map(ref => ({ object, namespace: object.namespace, ref })),
    ),
]);

/** The store of an ExternalSecret, and those of entries that name one of their own. */
function storeRefs({ storeRef, data, dataFrom }: ExternalSecret): StoreRef[] {
  const refs = storeRef === undefined ? [] : [storeRef];
  const add = (ref: StoreRef | undefined): void => {
    if (ref !== undefined && ref !== storeRef) refs.push(ref);
  };
  data.forEach(entry => {
    add(entry.storeRef);
  });
  dataFrom.forEach(entry => {
    if (entry.generator === undefined) add(entry.storeRef);
  });
  return refs;
}

/** What an ExternalSecret reads of Secrets in this cluster, through kubernetes stores. */
export function remoteReaders(
  { object, namespace, storeRef: usual, data, dataFrom }: ExternalSecret,
  find: SecretGraph['find'],
): Reader[] {
  const usually = remoteOf(find, usual, namespace);
  const isUsual = (entry: { readonly storeRef: ExternalSecret['storeRef'] }): boolean =>
    entry.storeRef === usual;
  if (usually === undefined && data.every(isUsual) && dataFrom.every(isUsual)) return [];
  const lookUp = (ref: ExternalSecret['storeRef']): string | undefined =>
    ref === usual ? usually : remoteOf(find, ref, namespace);
  const base = { object, isOptional: false, how: 'eso' } as const;
  return [
    ...data.flatMap(({ path, key, property, storeRef }): Reader[] => {
      const remote = lookUp(storeRef);
      if (remote === undefined) return [];
      const ref = [...path, 'remoteRef'];
      const read = { namespace: remote, secret: key, path: [...ref, 'key'], ...base };
      return [
        property === undefined ? read : { key: property, keyPath: [...ref, 'property'], ...read },
      ];
    }),
    ...dataFrom.flatMap(({ path, extract, storeRef }): Reader[] => {
      const remote = lookUp(storeRef);
      if (remote === undefined || extract === undefined) return [];
      return [{ namespace: remote, secret: extract, path: [...path, 'extract', 'key'], ...base }];
    }),
  ];
}
