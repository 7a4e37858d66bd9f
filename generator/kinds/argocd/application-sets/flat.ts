import { isMap, type Json, type JsonObject } from '../../../ground/json.ts';
import { scalarText } from '../../../ground/scalar-text.ts';

/** Deeper than anybody's settings. */
const DEEPEST = 20;

/** Values as one map of texts, `a.b` for a field in a field and `a.0` for an entry of a list. */
export function flat(values: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(entriesOf(values, '', 0));
}

function entriesOf(value: Json, name: string, depth: number): [string, string][] {
  if (!isMap(value) && !Array.isArray(value)) return [[name, scalarText(value)]];
  if (depth > DEEPEST) return [];
  return Object.entries<Json>(value).flatMap(([field, child]) =>
    entriesOf(child, name === '' ? field : `${name}.${field}`, depth + 1),
  );
}
