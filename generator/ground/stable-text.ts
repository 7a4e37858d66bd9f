import { isMap, type Json } from './json.ts';

/** A value as JSON, with the names of maps in code-unit order: the same value is the same text. */
export function stableText(value: Json): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map(name => [name, sorted(value[name] ?? null)]));
}
