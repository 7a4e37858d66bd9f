/** A value in an object's own terms, as in a manifest. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Whether a value is a map: neither a list nor a scalar. */
export function isMap(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The map under a field, or an empty one: manifests of strangers may hold anything. */
export function mapAt(value: unknown, ...fields: readonly string[]): JsonObject {
  const map = valueUnder(value, fields);
  return isMap(map) ? map : {};
}

/** The list under a field, or an empty one. */
export function listAt(value: unknown, ...fields: readonly string[]): readonly Json[] {
  const list = valueUnder(value, fields);
  return Array.isArray(list) ? list : [];
}

/** The text under a field, or undefined. */
export function textAt(value: unknown, ...fields: readonly string[]): string | undefined {
  const text = valueUnder(value, fields);
  return typeof text === 'string' ? text : undefined;
}

/** Asked for more often than anything else: a loop by numbers makes no iterator. */
function valueUnder(value: unknown, fields: readonly string[]): unknown {
  let found = value;
  for (let depth = 0; depth < fields.length; depth += 1) {
    const field = fields[depth] as string;
    if (!isMap(found) || !Object.hasOwn(found, field)) return undefined;
    found = found[field];
  }
  return found;
}
