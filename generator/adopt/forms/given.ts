import { isMap, type Json, type JsonObject } from '../../ground/json.ts';

/** An entry without what it does not say: undefined, and empty collections. */
export function given(entry: Readonly<Record<string, Json | undefined>>): JsonObject {
  const said = Object.entries(entry).filter(
    (field): field is [string, Json] => field[1] !== undefined && !isEmpty(field[1]),
  );
  return Object.fromEntries(said);
}

function isEmpty(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

/** A value that says more than the default. */
export function unless<T extends Json>(value: T | undefined, usual: Json): T | undefined {
  return value === usual ? undefined : value;
}

/** Whether a map has these fields and no others. */
export function hasOnly(map: JsonObject, ...fields: readonly string[]): boolean {
  return Object.keys(map).every(name => fields.includes(name));
}
