import { isDeepStrictEqual } from 'node:util';
import { asJson, type KubeObject } from '../objects/kube-object.ts';
import { CORE_MERGE_KEYS, itemOf, mergeKey } from '../objects/merge-keys.ts';
import { isMap } from '../spec/merge-environment.ts';
import type { Json, JsonObject } from '../spec/spec.ts';

/**
 * The strategic-merge patch that turns one object into the other, or undefined when they are the
 * same. Both have the same identity. Kustomize merges the keyed lists of Kubernetes' own kinds and
 * replaces those of custom resources (kustomize-facts.md, section 1).
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
  if (isDeepStrictEqual(base, changed)) return undefined;
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

/**
 * Kustomize puts the items that a patch names first, in the patch's order, and then the others of
 * the base. So the patch names the items up to the last one that changes, most by their key alone.
 */
function listPatch(name: string, base: readonly Json[], changed: readonly Json[]): Json {
  const key = mergeKey(name, [base, changed], CORE_MERGE_KEYS);
  if (key === undefined) return changed;
  const keyOf = (item: Json): Json => (isMap(item) ? (item[key] ?? null) : item);
  const named = changed.slice(0, namedCount(base, changed, keyOf));
  const deleted = base.filter(item => !changed.some(other => keyOf(other) === keyOf(item)));
  return [
    ...named.map(item => itemPatch(name, key, itemOf(base, key, keyOf(item)), item as JsonObject)),
    ...deleted.map(item => ({ ...identity(name, key, item as JsonObject), $patch: 'delete' })),
  ];
}

/** How many items, from the first, a patch has to name for the rest to follow by themselves. */
function namedCount(
  base: readonly Json[],
  changed: readonly Json[],
  keyOf: (item: Json) => Json,
): number {
  const wanted = new Set(changed.map(keyOf));
  const before = new Map(base.map(item => [keyOf(item), item]));
  let count = changed.findLastIndex(item => !isDeepStrictEqual(before.get(keyOf(item)), item)) + 1;
  for (; count < changed.length; count++) {
    const named = new Set(changed.slice(0, count).map(keyOf));
    const rest = base.map(keyOf).filter(key => wanted.has(key) && !named.has(key));
    if (isDeepStrictEqual(rest, changed.slice(count).map(keyOf))) break;
  }
  return count;
}

function itemPatch(
  name: string,
  key: string,
  before: JsonObject | undefined,
  item: JsonObject,
): JsonObject {
  if (before === undefined) return item;
  return { ...identity(name, key, item), ...mapPatch(before, item, true) };
}

/** Kubernetes tells some items apart by a second field. */
const SECOND_KEYS: Readonly<Record<string, string>> = {
  ports: 'protocol',
  topologySpreadConstraints: 'whenUnsatisfiable',
};

function identity(name: string, key: string, item: JsonObject): JsonObject {
  const second = SECOND_KEYS[name];
  return {
    [key]: item[key] ?? null,
    ...(second !== undefined && second in item && { [second]: item[second] ?? null }),
  };
}
