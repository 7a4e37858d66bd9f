import { isMap, type Json, type JsonObject } from '../../ground/json.ts';
import { asJson, type KubeObject } from '../../ground/kube-object.ts';
import { isSame } from '../../ground/same.ts';
import { CORE_MERGE_KEYS, itemLike, mergeKey } from '../objects/merge-keys.ts';

/**
 * The strategic-merge patch that turns one object into the other, or undefined when they are the
 * same. Both have the same identity. Kustomize merges the keyed lists of Kubernetes' own kinds and
 * replaces those of custom resources (docs/facts/kustomize.md#patches).
 */
export function overlayPatch(base: KubeObject, changed: KubeObject): KubeObject | undefined {
  const isCore = isKubernetesGroup(base.apiVersion);
  const { apiVersion, kind, metadata, ...fields } = changed;
  const { name, namespace, ...otherMetadata } = metadata;
  const before = asJson(base);
  const [beforeMetadata, beforeFields] = [withoutIdentity(before['metadata']), withoutType(before)];
  const metadataChange = mapPatch(beforeMetadata, otherMetadata as JsonObject, isCore) ?? {};
  const change = mapPatch(beforeFields, fields as JsonObject, isCore) ?? {};
  if (Object.keys({ ...metadataChange, ...change }).length === 0) return undefined;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }), ...metadataChange },
    ...change,
  };
}

/** Kubernetes' own groups have no dot, or end in k8s.io. */
function isKubernetesGroup(apiVersion: string): boolean {
  const group = apiVersion.replace(/\/?[^/]*$/, '');
  return !group.includes('.') || group.endsWith('.k8s.io');
}

function withoutType({
  apiVersion: _,
  kind: __,
  metadata: ___,
  ...fields
}: JsonObject): JsonObject {
  return fields;
}

function withoutIdentity(metadata: Json | undefined): JsonObject {
  if (!isMap(metadata)) return {};
  const { name: _, namespace: __, ...rest } = metadata;
  return rest;
}

/** What a patch says of a map; undefined when nothing. */
function mapPatch(base: JsonObject, changed: JsonObject, isCore: boolean): JsonObject | undefined {
  const patch: Record<string, Json> = {};
  for (const name of Object.keys(base)) if (!Object.hasOwn(changed, name)) patch[name] = null;
  for (const [name, value] of Object.entries(changed)) {
    const before = Object.hasOwn(base, name) ? base[name] : undefined;
    const change = valuePatch(name, before, value, isCore);
    if (change !== undefined) patch[name] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function valuePatch(
  name: string,
  base: Json | undefined,
  changed: Json,
  isCore: boolean,
): Json | undefined {
  if (isSame(base, changed)) return undefined;
  if (isMap(base) && isMap(changed))
    return isReplaced(base, changed) ? replaced(changed) : mapPatch(base, changed, isCore);
  if (!isCore || !Array.isArray(base) || !Array.isArray(changed)) return changed;
  return listPatch(name, base, changed);
}

/** Merging into an empty map, or one that loses all it has, is where patch tools differ. */
function isReplaced(base: JsonObject, changed: JsonObject): boolean {
  const kept = Object.keys(base).some(name => Object.hasOwn(changed, name));
  return !kept || Object.keys(changed).length === 0;
}

function replaced(changed: JsonObject): JsonObject {
  return { $patch: 'replace', ...changed };
}

/** Lists whose items Kubernetes tells apart by two fields: kustomize merges those in an order of its own. */
const TWO_KEYS = new Set(['containerPort', 'port', 'topologyKey']);

/**
 * Kustomize puts the items that a patch names first, in the patch's order, and then the others of
 * the base. So the patch names the items up to the last one that changes, most by their key alone.
 */
function listPatch(name: string, base: readonly Json[], changed: readonly Json[]): Json {
  const key = mergeKey(name, [base, changed], CORE_MERGE_KEYS);
  if (key === undefined) return changed;
  if (TWO_KEYS.has(key)) return [{ $patch: 'replace' }, ...changed];
  const named = changed.slice(0, namedCount(base, changed, key));
  const deleted = base.filter(item => itemLike(changed, key, item) === undefined);
  return [
    ...named.filter(isMap).map(item => itemPatch(key, itemLike(base, key, item), item)),
    ...deleted.filter(isMap).map(item => ({ [key]: item[key] ?? null, $patch: 'delete' })),
  ];
}

/** How many items, from the first, a patch has to name for the rest to follow by themselves. */
function namedCount(base: readonly Json[], changed: readonly Json[], key: string): number {
  const isKept = (item: Json): boolean => isSame(itemLike(base, key, item), item);
  let count = changed.findLastIndex(item => !isKept(item)) + 1;
  for (; count < changed.length; count++) {
    const [named, rest] = [changed.slice(0, count), changed.slice(count)];
    const others = base.filter(
      item =>
        itemLike(changed, key, item) !== undefined && itemLike(named, key, item) === undefined,
    );
    if (others.every((item, index) => itemLike(rest.slice(index, index + 1), key, item))) break;
  }
  return count;
}

function itemPatch(key: string, before: JsonObject | undefined, item: JsonObject): JsonObject {
  if (before === undefined) return item;
  return { [key]: item[key] ?? null, ...mapPatch(before, item, true) };
}
