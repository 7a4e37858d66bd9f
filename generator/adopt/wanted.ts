import { LAST_APPLIED } from '../ground/annotations.ts';
import { isMap, type Json, type JsonObject } from '../ground/json.ts';
import { asJson, identityOf, type KubeObject } from '../ground/kube-object.ts';
import { isObserved } from '../ground/observed.ts';
import { coreNamespace } from '../kinds/core/namespace.ts';
import { itemOf } from '../kinds/item-of.ts';
import type { Item } from '../kinds/kind.ts';

/** What one environment has today, and what the spec has to make of it again. */
export interface Wanted {
  /** Empty where there is one set of manifests alone. */
  readonly name: string;
  readonly namespace: string;
  /** Each once, in the order of their identities. */
  readonly items: readonly Item[];
  /** An object of the environment's namespace, or of the cluster. */
  readonly find: (kind: string, name: string) => Item | undefined;
}

/** The manifests of an environment, as they were read. */
export interface Found {
  readonly name: string;
  readonly items: readonly Item[];
}

/** What is read of an environment as what is wanted of it: in its namespace, without what a cluster adds. */
export function wantedOf({ name, items }: Found, namespace: string): Wanted {
  const byIdentity = new Map(
    items.map(item => {
      const object = inNamespace(item, namespace);
      return [identityOf(object), itemOf(object, item.file, item.path, namespace)] as const;
    }),
  );
  return withItems({ name, namespace, items: [] }, [...byIdentity.values()]);
}

/** An environment that wants these too. */
export function withItems(
  { name, namespace, items }: Omit<Wanted, 'find'>,
  added: readonly Item[],
): Wanted {
  const all = [...items, ...added].map((item): [string, Item] => [identityOf(item.object), item]);
  const sorted = all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  const here = sorted.filter(item => item.namespace === namespace || item.namespace === '');
  const byRef = new Map(here.map(item => [`${item.kind}/${item.name}`, item]));
  return { name, namespace, items: sorted, find: (kind, own) => byRef.get(`${kind}/${own}`) };
}

/**
 * The namespace that most objects name, of those that are made here, if any is; undefined where no object
 * names one. Of several with as many the first by name.
 */
export function mainNamespace({ items }: Found): string | undefined {
  const made = new Set(
    items.filter(({ known }) => known === coreNamespace).map(({ name }) => name),
  );
  const counts = new Map<string, number>();
  for (const { namespace } of items)
    if (namespace !== '') counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const [most] = [...sorted.filter(([name]) => made.has(name)), ...sorted];
  return most?.[0];
}

/** The objects that name no namespace, and are of kinds that have one. */
export function homeless({ items }: Found): Item[] {
  return items.filter(
    ({ known, namespace }) => namespace === '' && known !== undefined && known.isOfCluster !== true,
  );
}

/**
 * The object as it is applied: it names its namespace, and has nothing that a cluster wrote. A kind that
 * nobody knows may be of the cluster: without a namespace it stays as it is.
 */
function inNamespace({ object, known, namespace }: Item, home: string): KubeObject {
  const { apiVersion, kind } = object;
  const { apiVersion: _, kind: __, status: ___, metadata, ...rest } = asJson(object);
  const { name, namespace: ____, ...own } = withoutObserved(isMap(metadata) ? metadata : {});
  const place = namespace || (known === undefined ? '' : home);
  const isOfCluster = known?.isOfCluster === true || place === '';
  const placed = { name, ...(!isOfCluster && { namespace: place }), ...own };
  return { apiVersion, kind, metadata: placed, ...rest } as unknown as KubeObject;
}

function withoutObserved(metadata: JsonObject): JsonObject {
  const kept = Object.entries(metadata)
    .filter(([name]) => !isObserved(name))
    .map(([name, value]): [string, Json] => [name, isMap(value) ? said(value) : value])
    .filter(([, value]) => !isMap(value) || Object.keys(value).length > 0);
  return Object.fromEntries(kept);
}

/** Labels or annotations: one that is null is none. */
function said(map: JsonObject): JsonObject {
  const own = Object.entries(map).filter(
    ([name, value]) => name !== LAST_APPLIED && value !== null,
  );
  return Object.fromEntries(own);
}
