import type { Path } from './finding.ts';

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

/**
 * A name in a manifest as text; it is a number where somebody left out the quotes. What is no
 * scalar has none: the schema says so, and `String` would run a field named `toString`.
 */
export function scalarText(value: unknown): string {
  const isScalar = ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
  return isScalar ? String(value) : '';
}

/** What stands at the path, or undefined. */
export function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (let depth = 0; depth < path.length; depth += 1) {
    const step = path[depth] as string | number;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** A JSON pointer as a path; a step into a list is a number. */
export function pathOf(pointer: string, document: unknown): Path {
  const path: (string | number)[] = [];
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const step = Array.isArray(value) ? Number(name) : name;
    path.push(step);
    value = valueAt(value, [step]);
  }
  return path;
}

/** Whether a path goes through a place, or ends there. */
export function isBelow(path: Path, place: Path): boolean {
  return place.every((step, index) => path[index] === step);
}

/**
 * Whether two values are equal: the order of a map's fields means nothing, that of a list does. Node's
 * own comparison is a module that a short run has no time to load.
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return (
      Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]))
    );
  if (!isMap(a) || !isMap(b)) return false;
  let fields = 0;
  for (const name in a) {
    if (!Object.hasOwn(b, name) || !isSame(a[name], b[name])) return false;
    fields += 1;
  }
  return fields === Object.keys(b).length;
}

/** A value as JSON, with the names of maps in code-unit order: the same value is the same text. */
export function stableText(value: Json): string {
  return JSON.stringify(withSortedNames(value));
}

/** A value with the names of its maps in code-unit order. */
export function withSortedNames(value: Json): Json {
  if (Array.isArray(value)) return value.map(withSortedNames);
  if (!isMap(value)) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, child]) => [name, withSortedNames(child)]));
}

/** Two maps as one: maps in them are merged to any depth, and of all else the later one counts. */
export function mergedMaps(before: JsonObject, after: JsonObject): JsonObject {
  const both = Object.entries(after).map(([name, value]): [string, Json] => {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    return [name, isMap(old) && isMap(value) ? mergedMaps(old, value) : value];
  });
  return { ...before, ...Object.fromEntries(both) };
}

/** A text as JSON; undefined: it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A plain scalar that YAML 1.1 takes for a date. kustomize writes it as a timestamp, so where text
 * is meant it is a fault; passed on it stays the text it was.
 */
export class Timestamp {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toJSON(): string {
    return this.text;
  }
}
