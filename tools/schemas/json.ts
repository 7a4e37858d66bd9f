/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object, be it a schema, a map of schemas or a whole document. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The longest line that `renderJson` writes when it has a choice. */
const LINE_WIDTH = 100;

/** True for a JSON object; what is inside it is as trustworthy as the parser that made it. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object, or an error that says where an object was expected. */
export function asObject(value: unknown, at: string): JsonObject {
  if (!isObject(value)) throw new Error(`${at}: expected an object`);
  return value;
}

/** The value as a list of objects, or an error that says where it was expected. */
export function asObjects(value: unknown, at: string): readonly JsonObject[] {
  if (!Array.isArray(value)) throw new Error(`${at}: expected a list`);
  return value.map((item, index) => asObject(item, `${at}[${index}]`));
}

/** The value as a string, or an error that says where a string was expected. */
export function asString(value: unknown, at: string): string {
  if (typeof value !== 'string') throw new Error(`${at}: expected a string`);
  return value;
}

/** The value as a list of strings; an absent value is an empty list. */
export function asStrings(value: unknown, at: string): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Error(`${at}: expected a list`);
  return value.map(item => asString(item, at));
}

/** The entries in code-unit order of their keys. */
export function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** JSON text in which all that fits on one line stays on one line: small, and its diffs read well. */
export function renderJson(value: Json, step = ' ', indent = '', used = 0): string {
  const oneLine = onOneLine(value);
  if (indent.length + used + oneLine.length <= LINE_WIDTH) return oneLine;
  const inner = indent + step;
  if (Array.isArray(value)) {
    const items = value.map(item => inner + renderJson(item, step, inner));
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (!isObject(value)) return oneLine;
  const lines = Object.entries(value).map(([key, child]) => {
    const label = `${JSON.stringify(key)}: `;
    return inner + label + renderJson(child, step, inner, label.length + 1);
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function onOneLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  return `{ ${entries.map(([key, child]) => `${JSON.stringify(key)}: ${onOneLine(child)}`).join(', ')} }`;
}
