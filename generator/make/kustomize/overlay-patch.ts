import { isMap, isSame, type Json, type JsonObject } from '../../ground/json.ts';
import { asJson, groupOf, type KubeObject } from '../../ground/kube-object.ts';
import { kindOf } from '../../kinds/kinds.ts';
import { CORE_MERGE_KEYS, itemLike, mergeKey } from '../objects/merge-patch.ts';

/**
 * The strategic-merge patch that turns one object into the other, or undefined when they are the
 * same. Both have the same identity. Kustomize merges the keyed lists of Kubernetes' own kinds and
 * replaces those of custom resources (docs/facts/kustomize.md#patches).
 */
export function overlayPatch(base: KubeObject, changed: KubeObject): KubeObject | undefined {
  const keys = keysOf(base);
  const { apiVersion, kind, metadata, ...fields } = changed;
  const { name, namespace, ...otherMetadata } = metadata;
  const before = asJson(base);
  const [beforeMetadata, beforeFields] = [withoutIdentity(before['metadata']), withoutType(before)];
  const metadataChange = mapPatch(beforeMetadata, otherMetadata as JsonObject, keys) ?? {};
  const change = mapPatch(beforeFields, fields as JsonObject, keys) ?? {};
  if (Object.keys({ ...metadataChange, ...change }).length === 0) return undefined;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }), ...metadataChange },
    ...change,
  };
}

/** Which field tells the items of a list apart, by the list's name. */
type MergeKeys = Readonly<Record<string, readonly string[]>>;

/** Keyed lists of Kubernetes' own kinds that run no pods. */
const OTHER_KEYS: Readonly<Record<string, MergeKeys>> = {
  Service: { ports: ['port'] },
  ServiceAccount: { imagePullSecrets: ['name'], secrets: ['name'] },
  MutatingWebhookConfiguration: { webhooks: ['name'] },
  ValidatingWebhookConfiguration: { webhooks: ['name'] },
};

/** The keyed lists of a kind: Kubernetes' own groups have no dot, or end in k8s.io. */
function keysOf(object: KubeObject): MergeKeys {
  const group = groupOf(object);
  if (group.includes('.') && !group.endsWith('.k8s.io')) return {};
  const { kind } = object;
  if (kindOf(group, kind)?.pods !== undefined) return CORE_MERGE_KEYS;
  return Object.hasOwn(OTHER_KEYS, kind) ? (OTHER_KEYS[kind] ?? {}) : {};
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
function mapPatch(base: JsonObject, changed: JsonObject, keys: MergeKeys): JsonObject | undefined {
  const patch: Record<string, Json> = {};
  for (const name of Object.keys(base)) if (!Object.hasOwn(changed, name)) patch[name] = null;
  for (const [name, value] of Object.entries(changed)) {
    const before = Object.hasOwn(base, name) ? base[name] : undefined;
    const change = valuePatch(name, before, value, keys);
    if (change !== undefined) patch[name] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function valuePatch(
  name: string,
  base: Json | undefined,
  changed: Json,
  keys: MergeKeys,
): Json | undefined {
  if (isSame(base, changed)) return undefined;
  if (isMap(base) && isMap(changed))
    return isReplaced(base, changed) ? replaced(changed) : mapPatch(base, changed, keys);
  if (!Array.isArray(base) || !Array.isArray(changed)) return changed;
  return listPatch(name, base, changed, keys);
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
function listPatch(
  name: string,
  base: readonly Json[],
  changed: readonly Json[],
  keys: MergeKeys,
): Json {
  const key = mergeKey(name, [base, changed], keys);
  if (key === undefined) return changed;
  if (TWO_KEYS.has(key)) return [{ $patch: 'replace' }, ...changed];
  const named = changed.slice(0, namedCount(base, changed, key));
  const deleted = base.filter(item => itemLike(changed, key, item) === undefined);
  return [
    ...named.filter(isMap).map(item => itemPatch(key, itemLike(base, key, item), item, keys)),
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

function itemPatch(
  key: string,
  before: JsonObject | undefined,
  item: JsonObject,
  keys: MergeKeys,
): JsonObject {
  if (before === undefined) return item;
  return { [key]: item[key] ?? null, ...mapPatch(before, item, keys) };
}
