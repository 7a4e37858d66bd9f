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
