import type { Path } from '../core/finding.ts';
import { isMap, type Json, type JsonObject, pathIn, valueAt, words } from '../core/json.ts';

type MergeKeys = Readonly<Record<string, readonly string[]>>;

/** Which field tells the items of a list apart: the patch merge keys of schemas/kubernetes.json, as a test holds. */
export const CORE_MERGE_KEYS: MergeKeys = {
  ...byName(
    'containers initContainers ephemeralContainers env volumes imagePullSecrets resourceClaims schedulingGates',
  ),
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  ports: ['containerPort', 'port'],
};

/** Lists of custom resources: their operators have keys, though their CRDs name none. */
const MERGE_KEYS: MergeKeys = {
  ...CORE_MERGE_KEYS,
  ...byName('externalClusters plugins roles tablespaces additionalContainers'),
  data: ['secretKey'],
};

function byName(lists: string): MergeKeys {
  return Object.fromEntries(words(lists).map(list => [list, ['name']]));
}

/** The key that all items of a list have, or undefined when the list is replaced as a whole. */
export function mergeKey(
  name: string,
  lists: readonly (readonly Json[])[],
  keys: MergeKeys = MERGE_KEYS,
): string | undefined {
  const fields = Object.hasOwn(keys, name) ? (keys[name] ?? []) : [];
  return fields.find(key => lists.every(list => list.every(item => isMap(item) && key in item)));
}

/** Whether two items of a list with this key are the same item. Ports have the protocol as a second key. */
function isSameItem(key: string, a: JsonObject, b: JsonObject): boolean {
  const isPort = key === 'containerPort' || key === 'port';
  const protocol = ({ protocol = 'TCP' }: JsonObject): Json => protocol;
  return a[key] === b[key] && (!isPort || protocol(a) === protocol(b));
}

/** The item of a keyed list that has the key of `item`. */
export function itemLike(list: readonly Json[], key: string, item: Json): JsonObject | undefined {
  if (!isMap(item)) return undefined;
  return list.find((each): each is JsonObject => isMap(each) && isSameItem(key, each, item));
}

/** The path in a patch of an object's field, as far as the patch has it; items of keyed lists have other indexes there. */
export function patchPath(object: JsonObject, patch: JsonObject, path: Path): Path {
  return pathIn(patch, pathInPart(object, patch, path));
}

/** An object's path as a path of a part merged into it: keyed items have other indexes there, or -1. */
export function pathInPart(object: Json, part: Json, path: Path): Path {
  let [inObject, inPart]: [unknown, unknown] = [object, part];
  let list = '';
  return path.map(step => {
    const at = typeof step === 'number' ? indexInPart(list, inObject, inPart, step) : step;
    if (typeof step === 'string') list = step;
    [inObject, inPart] = [valueAt(inObject, [step]), valueAt(inPart, [at])];
    return at;
  });
}

function indexInPart(name: string, inObject: unknown, inPart: unknown, index: number): number {
  if (!Array.isArray(inObject) || !Array.isArray(inPart)) return index;
  const key = mergeKey(name, [inObject, inPart]);
  const item = inObject[index];
  if (key === undefined || !isMap(item)) return index;
  return inPart.indexOf(itemLike(inPart, key, item));
}
