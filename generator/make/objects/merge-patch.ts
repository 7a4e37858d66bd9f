import { isMap, type Json, type JsonObject } from '../../ground/json.ts';

/**
 * Which field tells the items of a list apart, by the list's name. For core kinds these are the
 * patch merge keys of Kubernetes' OpenAPI (schemas/kubernetes.json); a test holds them against it.
 */
export const CORE_MERGE_KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  imagePullSecrets: ['name'],
  resourceClaims: ['name'],
  schedulingGates: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  ports: ['containerPort', 'port'],
};

/** Lists of custom resources: their CRDs give no keys, their operators do. */
const MERGE_KEYS: Readonly<Record<string, readonly string[]>> = {
  ...CORE_MERGE_KEYS,
  data: ['secretKey'],
  externalClusters: ['name'],
  plugins: ['name'],
  roles: ['name'],
  tablespaces: ['name'],
  additionalContainers: ['name'],
};

/** The key that all items of a list have, or undefined when the list is replaced as a whole. */
export function mergeKey(
  name: string,
  lists: readonly (readonly Json[])[],
  keys: Readonly<Record<string, readonly string[]>> = MERGE_KEYS,
): string | undefined {
  const candidates = Object.hasOwn(keys, name) ? (keys[name] ?? []) : [];
  return candidates.find(key =>
    lists.every(list => list.every(item => isMap(item) && key in item)),
  );
}

/** Whether two items of a list with that key are the same one. Ports differ in protocol too. */
function isSameItem(key: string, a: JsonObject, b: JsonObject): boolean {
  const isPort = key === 'containerPort' || key === 'port';
  const protocol = ({ protocol = 'TCP' }: JsonObject): Json => protocol;
  return a[key] === b[key] && (!isPort || protocol(a) === protocol(b));
}

/** The item of a keyed list that is the same as another one. */
export function itemLike(list: readonly Json[], key: string, item: Json): JsonObject | undefined {
  if (!isMap(item)) return undefined;
  return list.find((other): other is JsonObject => isMap(other) && isSameItem(key, other, item));
}

/**
 * A patch of the spec merged into a generated object, as a strategic-merge patch: maps by key,
 * lists by their merge keys (items of the patch that are new come last), everything else replaced;
 * null and `$patch: delete` remove, and `$patch: replace` replaces.
 */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergeValue(name, merged[name], value);
  }
  return merged;
}

function mergeValue(name: string, before: Json | undefined, value: Json): Json {
  if (Array.isArray(value)) return mergeList(name, Array.isArray(before) ? before : [], value);
  if (!isMap(value)) return value;
  const { $patch, ...fields } = value;
  return mergePatch($patch !== 'replace' && isMap(before) ? before : {}, fields);
}

function mergeList(name: string, target: readonly Json[], patch: readonly Json[]): Json {
  const items = patch.filter(item => !isReplace(item));
  if (items.length < patch.length) return items;
  const key = mergeKey(name, [target, patch]);
  if (key === undefined) return patch;
  const kept = target.flatMap((item): Json[] => {
    const change = itemLike(patch, key, item);
    if (!isMap(item) || change === undefined) return [item];
    return change['$patch'] === 'delete' ? [] : [mergePatch(item, change)];
  });
  const added = patch.filter(
    item => isMap(item) && itemLike(target, key, item) === undefined && item['$patch'] !== 'delete',
  );
  return [...kept, ...added];
}

/** `$patch: replace` as an item: the others are the whole list. */
function isReplace(item: Json): boolean {
  return isMap(item) && item['$patch'] === 'replace' && Object.keys(item).length === 1;
}
