import { isMap, type Json, type JsonObject } from '../json.ts';

/**
 * What is different in the schemas of another version: the files in `schemas/versions/`. By the path of
 * a schema in `schemas/` a JSON merge patch (RFC 7396) of it; null: that version has no such kind.
 */
export interface SchemaChanges {
  readonly $comment: string;
  /** Groups whose kinds may have more fields in that version than are known: they are not refused. */
  readonly open?: readonly string[];
  readonly schemas: Readonly<Record<string, JsonObject | null>>;
}

/** The schema of a kind that a version has not: it refuses all objects, for their kind. */
const GONE: JsonObject = { type: 'object', properties: { kind: false } };

/** The schemas of a version, from those of `schemas/` by their paths: only those that are different. */
export function changedSchemas(
  schemas: ReadonlyMap<string, JsonObject>,
  changes: SchemaChanges,
): Map<string, JsonObject> {
  const changed = [...schemas].flatMap(([path, schema]): [string, JsonObject][] => {
    const other = changedSchema(path, schema, changes);
    return other === undefined ? [] : [[path, other]];
  });
  return new Map(changed);
}

/** Undefined: the version has the same. */
function changedSchema(
  path: string,
  schema: JsonObject,
  { open = [], schemas }: SchemaChanges,
): JsonObject | undefined {
  const change = schemas[path];
  if (change === null) return GONE;
  const other = change === undefined ? schema : mergePatch(schema, change);
  if (open.includes(path.slice(0, path.indexOf('/')))) return withoutLimits(other);
  return other === schema ? undefined : other;
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

/** A schema that lets fields through which it does not know. */
function withoutLimits(schema: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name, value]) => name !== 'additionalProperties' || value !== false)
      .map(([name, value]) => [name, isMap(value) ? withoutLimits(value) : value]),
  );
}
