import { isMap, type Json, type JsonObject } from './json.ts';

/** Two maps as one: maps in them are merged to any depth, and of all else the later one counts. */
export function mergedMaps(before: JsonObject, after: JsonObject): JsonObject {
  const both = Object.entries(after).map(([name, value]): [string, Json] => {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    return [name, isMap(old) && isMap(value) ? mergedMaps(old, value) : value];
  });
  return { ...before, ...Object.fromEntries(both) };
}
