import { isMap, type Json, type JsonObject } from '../json.ts';

/**
 * What is different in the schemas of another version: the files in `schemas/versions/`. By the path of
 * a schema in `schemas/` a JSON merge patch (RFC 7396) of it; null: that version has no such kind.
 */
export interface SchemaChanges {
  readonly $comment: string;
  readonly schemas: Readonly<Record<string, JsonObject | null>>;
}

/** The schema of a kind that a version has not: it refuses all objects, for their kind. */
const GONE: JsonObject = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: { kind: false },
};

/** The schemas of a version, from those of `schemas/` by their paths: only those that are different. */
export function changedSchemas(
  schemas: ReadonlyMap<string, JsonObject>,
  { schemas: changes }: SchemaChanges,
): Map<string, JsonObject> {
  const changed = new Map<string, JsonObject>();
  for (const [path, schema] of schemas) {
    const change = changes[path];
    if (change === null) changed.set(path, GONE);
    else if (change !== undefined) changed.set(path, mergePatch(schema, change));
  }
  return changed;
}

/** RFC 7396: null removes a member, and what is no object replaces what was there. */
function mergePatch(value: Json | undefined, patch: JsonObject): JsonObject {
  const merged: Record<string, Json> = isMap(value) ? { ...value } : {};
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) delete merged[name];
    else merged[name] = isMap(change) ? mergePatch(merged[name], change) : change;
  }
  return merged;
}

/** A schema that lets fields and values through which it does not know. */
export function withoutLimits(schema: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name, value]) => !isLimit(name, value))
      .map(([name, value]) => [name, isMap(value) ? withoutLimits(value) : value]),
  );
}

function isLimit(name: string, value: Json): boolean {
  return (
    (name === 'additionalProperties' && value === false) ||
    (name === 'enum' && Array.isArray(value))
  );
}
