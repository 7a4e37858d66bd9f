import { groupBy, isMap, type Json, type JsonObject, mapAt } from '../core/json.ts';
import {
  asJson,
  identityOf,
  isObserved,
  type KubeObject,
  LAST_APPLIED,
} from '../core/kube-object.ts';
import { withoutHashes } from '../kinds/core/hashed-names.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import { coreNamespace } from '../kinds/core/service.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { placedObject } from '../kinds/placed-object.ts';

/** The manifests of an environment, as they were read. */
export interface Found {
  readonly name: string;
  readonly objects: readonly PlacedObject[];
}

/** The objects that one environment has today, and that the spec has to make again. */
export interface Wanted {
  /** Empty where there is one set of manifests alone. */
  readonly name: string;
  readonly namespace: string;
  /** Without duplicates, sorted by identity. */
  readonly objects: readonly PlacedObject[];
  /** The ConfigMaps to whose names kustomize added a hash; they and what reads them have the names without. */
  readonly hashed: ReadonlySet<string>;
  /** Finds an object of the environment's namespace, or of the cluster. */
  readonly find: (kind: string, name: string) => PlacedObject | undefined;
}

/** The objects of an environment in its namespace, without the fields that a cluster adds. */
export function wantedOf({ name, objects }: Found, namespace: string): Wanted {
  const { objects: plain, hashed } = withoutHashes(
    objects.map(placed => inNamespace(placed, namespace)),
  );
  const byIdentity = new Map(
    objects.flatMap(({ file, path }, index) => {
      const object = plain[index];
      return object === undefined
        ? []
        : [[identityOf(object), placedObject(object, file, path, namespace)] as const];
    }),
  );
  return withObjects({ name, namespace, objects: [], hashed }, [...byIdentity.values()]);
}

/**
 * The object as it is applied: with its namespace, and without fields that a cluster wrote. An object of an unknown
 * kind gets no namespace, as its kind may be of the cluster.
 */
function inNamespace({ json, known, namespace }: PlacedObject, ofEnvironment: string): KubeObject {
  const { kind } = json;
  const apiVersion = currentVersion({ json, known });
  const { apiVersion: _, kind: __, status: ___, metadata, ...rest } = asJson(json);
  const { name, namespace: ____, ...own } = withoutObserved(isMap(metadata) ? metadata : {});
  const place = namespace || (known === undefined ? '' : ofEnvironment);
  const isOfCluster = known?.isOfCluster === true || place === '';
  const placed = { name, ...(!isOfCluster && { namespace: place }), ...own };
  return { apiVersion, kind, metadata: placed, ...rest } as unknown as KubeObject;
}

/** The version of an object, or that which took its place with the same fields (`Served.alike`). */
function currentVersion({ json, known }: Pick<PlacedObject, 'json' | 'known'>): string {
  const [group, version = ''] = json.apiVersion.split('/');
  const { alike = [], versions: [newest] = [] } = known?.served ?? {};
  return alike.includes(version) && newest !== undefined ? `${group}/${newest}` : json.apiVersion;
}

/** Says which objects come in another version than they have. */
export function versionAdvice(found: readonly Found[]): string[] {
  const older = found.flatMap(({ objects }) => objects).filter(isOlder);
  const byVersion = groupBy(older, ({ json }) => json.apiVersion);
  return [...byVersion].map(([version, objects]) => {
    const [count, come] =
      objects.length === 1 ? ['1 object', 'comes'] : [`${objects.length} objects`, 'come'];
    return `${count} of ${version} ${come} as ${currentVersion(objects[0])}: the fields are the same, and newer operators serve no other`;
  });
}

function isOlder(object: PlacedObject): boolean {
  return currentVersion(object) !== object.json.apiVersion;
}

function withoutObserved(metadata: JsonObject): JsonObject {
  const kept = Object.entries(metadata)
    .filter(([name]) => !isObserved(name))
    .map(([name, value]): [string, Json] => [name, isMap(value) ? keptEntries(value) : value])
    .filter(([, value]) => !isMap(value) || Object.keys(value).length > 0);
  return Object.fromEntries(kept);
}

/** Labels or annotations without those that are null, and without kubectl's copy of the object. */
function keptEntries(map: JsonObject): JsonObject {
  const own = Object.entries(map).filter(
    ([name, value]) => name !== LAST_APPLIED && value !== null,
  );
  return Object.fromEntries(own);
}

export function withObjects(
  { name, namespace, objects, hashed }: Omit<Wanted, 'find'>,
  added: readonly PlacedObject[],
): Wanted {
  const all = [...objects, ...added].map((object): [string, PlacedObject] => [
    identityOf(object.json),
    object,
  ]);
  const sorted = all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  const here = sorted.filter(object => object.namespace === namespace || object.namespace === '');
  const byRef = new Map(here.map(object => [`${object.kind}/${object.name}`, object]));
  return {
    name,
    namespace,
    objects: sorted,
    hashed,
    find: (kind, own) => byRef.get(`${kind}/${own}`),
  };
}

/**
 * The namespace that most objects name, the first by name if several have as many. Namespaces that the manifests
 * themselves make come first. Undefined if no object names one.
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

/** The objects that name no namespace although their kind has one. */
export function withoutNamespace({ objects }: Found): PlacedObject[] {
  return objects.filter(
    ({ known, namespace }) => namespace === '' && known !== undefined && known.isOfCluster !== true,
  );
}

/** Whether an object is a Secret with values. A spec never holds these. */
export function hasValues(object: PlacedObject): boolean {
  return object.known === coreSecret && valueKeys(object).length > 0;
}

/** The keys of a Secret; their values are not read. */
export function valueKeys({ json }: PlacedObject): string[] {
  const keys = ['data', 'stringData'].flatMap(field => Object.keys(mapAt(json, field)));
  return [...new Set(keys)].sort();
}
