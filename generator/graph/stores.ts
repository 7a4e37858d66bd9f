import { groupBy, isMap, mapAt, valueAt } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import { PUSH_SECRETS, pushedStores, pushSecret } from '../kinds/eso/cluster-kinds.ts';
import type {
  DataEntry,
  DataFromEntry,
  ExternalSecret,
} from '../kinds/eso/external-secret-spec.ts';
import { remoteNamespaceOf, STORES, type StoreRef, storeOf } from '../kinds/eso/stores.ts';
import { type ObjectField, type PlacedObject, specOf } from '../kinds/kind.ts';
import { eachSpec, type Reader, type SecretGraph } from './secret-graph.ts';

/** The namespace that a kubernetes store reads; undefined: another provider, or it is not in the set. */
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

/** Where the entries of a store are, as text: equal texts have the same ones. Who logs in decides on the account. */
export function entriesAt(store: PlacedObject): string {
  const [[provider, settings] = ['', null]] = Object.entries(mapAt(specOf(store), 'provider'));
  const isOperator = isMap(settings) && settings['auth'] === undefined;
  return JSON.stringify(
    isOperator ? [provider, settings] : [store.kind, store.namespace, store.name],
  );
}

export interface StoreUse {
  readonly object: PlacedObject;
  readonly namespace: string;
  readonly ref: StoreRef;
}

/** Every use of a store by ExternalSecrets, their entries and PushSecrets. */
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
  const entries = [...data, ...dataFrom.filter(({ generator }) => generator === undefined)];
  const others = entries.flatMap(
    entry => (entry.storeRef === storeRef ? [] : entry.storeRef) ?? [],
  );
  return storeRef === undefined ? others : [storeRef, ...others];
}

/** A PushSecret, or what makes them, and where its spec stands. */
export interface PushSpec extends ObjectField {
  readonly spec: unknown;
}

export function pushSpecs({ byKind }: SecretGraph): PushSpec[] {
  return [...PUSH_SECRETS].flatMap(([kind, path]) =>
    byKind(kind).map(object => ({ object, path, spec: valueAt(object.json, path) })),
  );
}

/** The Secrets of this cluster that an ExternalSecret reads through kubernetes stores. */
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
