import { isMap, type Json, type JsonObject, mapAt } from '../core/json.ts';
import {
  asJson,
  identityOf,
  isObserved,
  type KubeObject,
  LAST_APPLIED,
} from '../core/kube-object.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import { coreNamespace } from '../kinds/core/service.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { placedObject } from '../kinds/placed-object.ts';

/** What one environment has today, and what the spec has to make of it again. */
export interface Wanted {
  /** Empty where there is one set of manifests alone. */
  readonly name: string;
  readonly namespace: string;
  /** Each once, in the order of their identities. */
  readonly objects: readonly PlacedObject[];
  /** An object of the environment's namespace, or of the cluster. */
  readonly find: (kind: string, name: string) => PlacedObject | undefined;
}

/** The manifests of an environment, as they were read. */
export interface Found {
  readonly name: string;
  readonly objects: readonly PlacedObject[];
}

/** What is read of an environment as what is wanted of it: in its namespace, without what a cluster adds. */
export function wantedOf({ name, objects }: Found, namespace: string): Wanted {
  const byIdentity = new Map(
    objects.map(placed => {
      const object = inNamespace(placed, namespace);
      return [
        identityOf(object),
        placedObject(object, placed.file, placed.path, namespace),
      ] as const;
    }),
  );
  return withObjects({ name, namespace, objects: [] }, [...byIdentity.values()]);
}

/** An environment that wants these too. */
export function withObjects(
  { name, namespace, objects }: Omit<Wanted, 'find'>,
  added: readonly PlacedObject[],
): Wanted {
  const all = [...objects, ...added].map((object): [string, PlacedObject] => [
    identityOf(object.json),
    object,
  ]);
  const sorted = all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  const here = sorted.filter(object => object.namespace === namespace || object.namespace === '');
  const byRef = new Map(here.map(object => [`${object.kind}/${object.name}`, object]));
  return { name, namespace, objects: sorted, find: (kind, own) => byRef.get(`${kind}/${own}`) };
}

/**
 * The namespace that most objects name, of those that are made here, if any is; undefined where no object
 * names one. Of several with as many the first by name.
 */
export function mainNamespace({ objects }: Found): string | undefined {
  const made = new Set(
    objects.filter(({ known }) => known === coreNamespace).map(({ name }) => name),
  );
  const counts = new Map<string, number>();
  for (const { namespace } of objects)
    if (namespace !== '') counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const [most] = [...sorted.filter(([name]) => made.has(name)), ...sorted];
  return most?.[0];
}

/** The objects that name no namespace, and are of kinds that have one. */
export function homeless({ objects }: Found): PlacedObject[] {
  return objects.filter(
    ({ known, namespace }) => namespace === '' && known !== undefined && known.isOfCluster !== true,
  );
}

/**
 * The object as it is applied: it names its namespace, and has nothing that a cluster wrote. A kind that
 * nobody knows may be of the cluster: without a namespace it stays as it is.
 */
function inNamespace({ json, known, namespace }: PlacedObject, home: string): KubeObject {
  const { apiVersion, kind } = json;
  const { apiVersion: _, kind: __, status: ___, metadata, ...rest } = asJson(json);
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

/** Whether an object is a Secret with values, which a spec never holds. */
export function hasValues(object: PlacedObject): boolean {
  return object.known === coreSecret && valueKeys(object).length > 0;
}

/** The names of the keys of a Secret; their values go no further. */
export function valueKeys({ json }: PlacedObject): string[] {
  const keys = ['data', 'stringData'].flatMap(field => Object.keys(mapAt(json, field)));
  return [...new Set(keys)].sort();
}
