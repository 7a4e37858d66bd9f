import { isMap } from '../spec/merge-environment.ts';
import type { Json, JsonObject } from '../spec/spec.ts';
import { itemOf, mergeKey } from './merge-keys.ts';

/**
 * A patch of the spec merged into a generated object, as a strategic-merge patch: maps by key,
 * lists by their merge keys (items of the patch that are new come last), everything else replaced;
 * null and `$patch: delete` remove.
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
  return isMap(value) ? mergePatch(isMap(before) ? before : {}, value) : value;
}

function mergeList(name: string, target: readonly Json[], patch: readonly Json[]): Json {
  const key = mergeKey(name, [target, patch]);
  if (key === undefined) return patch;
  const kept = target.flatMap((item): Json[] => {
    const change = isMap(item) ? itemOf(patch, key, item[key]) : undefined;
    if (!isMap(item) || change === undefined) return [item];
    return change['$patch'] === 'delete' ? [] : [mergePatch(item, change)];
  });
  const added = patch.filter(
    item =>
      isMap(item) && itemOf(target, key, item[key]) === undefined && item['$patch'] !== 'delete',
  );
  return [...kept, ...added];
}
