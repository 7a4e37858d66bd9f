import { isObject, type Json, type JsonObject } from './json.ts';

/**
 * What makes the schemas of one version from those of another: for each that is different a JSON merge
 * patch (RFC 7396), `null` for one that is gone. Where a schema comes from is no difference.
 */
export function changesBetween(
  known: ReadonlyMap<string, JsonObject>,
  other: ReadonlyMap<string, JsonObject>,
): JsonObject {
  const changes: Record<string, Json> = {};
  for (const path of [...new Set([...known.keys(), ...other.keys()])].sort()) {
    const patch = patchOf(withoutComment(known.get(path)), withoutComment(other.get(path)));
    if (patch !== undefined) changes[path] = patch;
  }
  return changes;
}

function withoutComment(schema: JsonObject | undefined): Json | undefined {
  if (schema === undefined) return undefined;
  const { $comment: _, ...rest } = schema;
  return rest;
}

/** Undefined: nothing is different. */
function patchOf(known: Json | undefined, other: Json | undefined): Json | undefined {
  if (other === undefined) return null;
  if (!isObject(known) || !isObject(other))
    return JSON.stringify(known) === JSON.stringify(other) ? undefined : withoutNull(other);
  const patch: Record<string, Json> = {};
  for (const name of new Set([...Object.keys(known), ...Object.keys(other)])) {
    const change = patchOf(known[name], other[name]);
    if (change !== undefined) patch[name] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** A patch cannot set null. */
function withoutNull(value: Json): Json {
  if (value === null) throw new Error('a merge patch cannot set null');
  return value;
}
