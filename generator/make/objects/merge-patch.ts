import { isMap, type Json, type JsonObject } from '../../ground/json.ts';
import { itemLike, mergeKey } from './merge-keys.ts';

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
