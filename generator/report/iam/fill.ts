import { isMap, type Json } from '../../ground/json.ts';

/** A value with its texts replaced, names of entries too. */
export function replaced(value: Json, replace: (text: string) => Json): Json {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map(item => replaced(item, replace));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, replaced(child, replace)]),
  );
}

/** A text with each variable as a reference in a format's own words, and the rest made literal. */
export function filled(
  text: string,
  references: Readonly<Record<string, string>>,
  literal: (text: string) => string,
): string {
  return text
    .split(/(\$\{[A-Z_]+\})/)
    .map(part => (references[part] === undefined ? literal(part) : `$\{${references[part]}}`))
    .join('');
}
