import { isObject, type Json, type JsonObject } from './json.ts';

/** The length from which a part that occurs twice is worth a definition. */
const WORTH_SHARING = 160;

/** A part of a schema that is a schema itself, with the name of the field it is for. */
interface SubSchema {
  readonly name: string;
  readonly schema: JsonObject;
}

/** The same schema with each part that it repeats moved to its `definitions`. */
export function shareRepeated(root: JsonObject): JsonObject {
  const names = nameRepeated(root);
  const definitions: Record<string, JsonObject> = {};

  const shared = (schema: JsonObject): JsonObject => {
    const text = JSON.stringify(schema);
    const name = names.get(text);
    if (name === undefined) return replaceParts(schema, shared);
    definitions[name] ??= replaceParts(schema, shared);
    return { $ref: `#/definitions/${name}` };
  };

  const schema = replaceParts(root, shared);
  return names.size === 0 ? schema : { ...schema, definitions: sorted(definitions) };
}

/** The repeated parts, as text, each with the name of the field that has it first. */
function nameRepeated(root: JsonObject): ReadonlyMap<string, string> {
  const seen = new Map<string, string>();
  const repeated = new Map<string, string>();
  const taken = new Set<string>();

  const visit = ({ name, schema }: SubSchema): void => {
    const text = JSON.stringify(schema);
    const first = seen.get(text);
    if (first === undefined) {
      seen.set(text, name);
      for (const part of parts(schema, name)) visit(part);
    } else if (!repeated.has(text) && isWorthSharing(schema, text)) {
      repeated.set(text, freeName(first, taken));
    }
  };

  for (const part of parts(root, '')) visit(part);
  return repeated;
}

/** A field's default stays beside its field, where those who fill defaults in look for it. */
function isWorthSharing(schema: JsonObject, text: string): boolean {
  return text.length >= WORTH_SHARING && !('default' in schema);
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}${count}`;
  taken.add(free);
  return free;
}

function parts(schema: JsonObject, name: string): readonly SubSchema[] {
  const found: SubSchema[] = [];
  for (const inner of [schema['items'], schema['additionalProperties']]) {
    if (isObject(inner)) found.push({ name, schema: inner });
  }
  const properties = schema['properties'];
  if (!isObject(properties)) return found;
  for (const [key, property] of Object.entries(properties)) {
    if (isObject(property)) found.push({ name: key, schema: property });
  }
  return found;
}

function replaceParts(schema: JsonObject, replace: (part: JsonObject) => JsonObject): JsonObject {
  const result: Record<string, Json> = { ...schema };
  for (const word of ['items', 'additionalProperties']) {
    const inner = schema[word];
    if (isObject(inner)) result[word] = replace(inner);
  }
  const properties = schema['properties'];
  if (isObject(properties)) {
    const entries = Object.entries(properties).map(([key, property]) => {
      return [key, isObject(property) ? replace(property) : property] as const;
    });
    result['properties'] = Object.fromEntries(entries);
  }
  return result;
}

function sorted(definitions: Readonly<Record<string, JsonObject>>): JsonObject {
  return Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1)));
}
