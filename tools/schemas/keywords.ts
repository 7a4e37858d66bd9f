import type { Json, JsonObject } from './json.ts';

/** The keywords of a schema we write, in the order we write them. */
const ORDER = [
  '$schema',
  '$comment',
  '$ref',
  'type',
  'allOf',
  'const',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'default',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-patch-merge-key',
  'x-kubernetes-patch-strategy',
  'items',
  'required',
  'additionalProperties',
  'properties',
  'definitions',
] as const;

/** The keywords that pass from a source to our schema untouched. */
const COPIED = ORDER.slice(ORDER.indexOf('enum'), ORDER.indexOf('items'));

/** The keywords that say nothing a validator without a cluster could use. */
const DROPPED = new Set([
  'description',
  'example',
  'format',
  'x-kubernetes-group-version-kind',
  'x-kubernetes-map-type',
  'x-kubernetes-unions',
  'x-kubernetes-validations',
]);

/** The keywords that the conversions translate, each in its own way. */
const TRANSLATED = new Set([
  '$ref',
  'additionalProperties',
  'anyOf', // Only beside x-kubernetes-int-or-string, where it repeats what that says.
  'items',
  'nullable',
  'properties',
  'required',
  'type',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
]);

/** The keywords of a schema; an undefined one is absent. */
export type Keywords = { readonly [word in (typeof ORDER)[number]]?: Json | undefined };

/** A schema with the given keywords in the order of all our schemas. */
export function inOrder(keywords: Keywords): JsonObject {
  const schema: Record<string, Json> = {};
  for (const word of ORDER) {
    const value = keywords[word];
    if (value !== undefined) schema[word] = value;
  }
  return schema;
}

/** The keywords of a source that are copied; throws on one that a new version has brought. */
export function copied(source: JsonObject, at: string): Keywords {
  rejectUnknown(source, at);
  return Object.fromEntries(COPIED.map(word => [word, source[word]]));
}

function rejectUnknown(source: JsonObject, at: string): void {
  const known = new Set<string>([...COPIED, ...DROPPED, ...TRANSLATED]);
  for (const word of Object.keys(source)) {
    if (!known.has(word)) throw new Error(`${at}: no rule yet for the keyword "${word}"`);
  }
  if ('anyOf' in source && source['x-kubernetes-int-or-string'] !== true) {
    throw new Error(`${at}: no rule yet for "anyOf" without x-kubernetes-int-or-string`);
  }
}
