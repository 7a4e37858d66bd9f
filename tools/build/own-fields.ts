import type { Json, JsonObject } from '../../generator/core/json.ts';
import { isMap, mapAt, mapValues, textAt } from '../../generator/core/json.ts';
import type { OwnField } from '../../generator/spec/own-fields.ts';
import { LEVELS, type Level } from './levels.ts';

/** The schemas of kinds, by their path below `schemas/`. */
type Schemas = ReadonlyMap<string, JsonObject>;

/** What the build writes of `LEVELS`: part → kind → field → where it is, and how it may be written. */
type OwnFields = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, OwnField>>>>>
>;

/** Where each field of Kubernetes' own names is, but for those that the schema of a spec explains. */
export function ownFields(spec: JsonObject, schemas: Schemas): OwnFields {
  return mapValues(LEVELS, (kinds, part) => {
    const typed = explained(spec, part);
    return mapValues(kinds, levels =>
      Object.fromEntries(
        fieldsOf(levels, schemas)
          .filter(({ name }) => !Object.hasOwn(typed, name))
          .map(({ name, level, schema }) => [
            name,
            { at: level.at, ...word(level, name, schema, schemas) },
          ]),
      ),
    );
  });
}

/**
 * The schema of a spec with the fields of all levels in the definitions of its parts: what is explained there stays,
 * and all others refer to the schemas of their kinds.
 */
export function withOwnFields(spec: JsonObject, schemas: Schemas): JsonObject {
  const definitions = Object.entries(mapAt(spec, 'definitions')).map(([part, definition]) => {
    const kinds = LEVELS[part];
    if (kinds === undefined || !isMap(definition)) return [part, definition] as const;
    const properties = {
      ...explained(spec, part),
      ...referring(kinds, mapAt(definition, 'properties'), schemas),
    };
    return [part, { ...definition, properties }] as const;
  });
  return { ...spec, definitions: Object.fromEntries(definitions) };
}

/** A spec's schema for the build: what refers to schemas of kinds is checked when the object is made. */
export function withoutKinds(schema: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(schema), (_, value) => (isOwn(value) ? {} : value));
}

/** Is in the description of a property that `withOwnFields` writes. What stands before it, and an example, stay. */
const OWN = 'As Kubernetes has it';

/** Whether a property of the spec's schema is one that `withOwnFields` writes. */
export function isOwn(property: unknown): boolean {
  return textAt(property, 'description')?.includes(OWN) === true;
}

function explained(spec: JsonObject, part: string): JsonObject {
  const properties = Object.entries(mapAt(spec, 'definitions', part, 'properties'));
  return Object.fromEntries(properties.filter(([, property]) => !isOwn(property)));
}

/** The kinds that have a field, and the schemas that one of it fits, by their texts. */
interface FieldWays {
  readonly kinds: string[];
  readonly ways: Map<string, Json>;
}

function referring(
  kinds: Readonly<Record<string, readonly Level[]>>,
  written: JsonObject,
  schemas: Schemas,
): JsonObject {
  const found = new Map<string, FieldWays>();
  for (const [kind, levels] of Object.entries(kinds))
    for (const { name, level, schema } of fieldsOf(levels, schemas)) {
      if (Object.hasOwn(written, name) && !isOwn(written[name])) continue;
      const field: FieldWays = found.get(name) ?? { kinds: [], ways: new Map() };
      field.kinds.push(kind);
      const $ref = `${level.schema}/properties/${name}`;
      field.ways.set($ref, { $ref });
      const { word: short } = word(level, name, schema, schemas);
      const type = short && mapAt(resolved(schema, schemas), 'properties', short)['type'];
      if (type !== undefined) field.ways.set(`type ${type}`, { type });
      found.set(name, field);
    }
  const all = Object.keys(kinds).length;
  return Object.fromEntries(
    [...found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { kinds: of, ways }]) => {
        const { description, examples } = mapAt(written[name]);
        const [text = ''] = String(description ?? '').split(OWN);
        const others = of.length === all ? `${OWN}.` : `${OWN}, in: ${of.join(', ')}.`;
        const refs = [...ways].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, schema]) => schema);
        return [
          name,
          {
            description: `${text}${others}`,
            [refs.length === 1 ? 'allOf' : 'anyOf']: refs,
            ...(examples !== undefined && { examples }),
          },
        ];
      }),
  );
}

interface Field {
  readonly name: string;
  readonly level: Level;
  readonly schema: JsonObject;
}

/** The fields of the levels; the first level that has a name has it alone. */
function fieldsOf(levels: readonly Level[], schemas: Schemas): Field[] {
  const found = new Map<string, Field>();
  for (const level of levels)
    for (const [name, schema] of Object.entries(mapAt(at(level.schema, schemas), 'properties')))
      if (!found.has(name) && level.without?.includes(name) !== true)
        found.set(name, { name, level, schema: mapAt(schema) });
  return [...found.values()];
}

/** The field of a map that a value alone is: `strategy: Recreate` is `strategy: { type: Recreate }`. */
function word(
  { words = {} }: Level,
  name: string,
  schema: JsonObject,
  schemas: Schemas,
): { readonly word?: string } {
  const short = words[name] ?? (isTyping(schema, schemas) ? 'type' : undefined);
  return short === undefined ? {} : { word: short };
}

/** Whether a word chooses the form of a map. */
function isTyping(schema: JsonObject, schemas: Schemas): boolean {
  const target = resolved(schema, schemas);
  const { required = [] } = target;
  const isText = [mapAt(target, 'properties', 'type')['type']].flat().includes('string');
  return isText && Array.isArray(required) && required.every(name => name === 'type');
}

function resolved(schema: JsonObject, schemas: Schemas): JsonObject {
  const [only] = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  const ref = textAt(schema, '$ref') ?? textAt(only, '$ref');
  if (ref === undefined) return schema;
  return resolved(
    at(ref.replace(/^(\.\.\/kubernetes\.json)?#/, 'kubernetes.json#'), schemas),
    schemas,
  );
}

function at(pointer: string, schemas: Schemas): JsonObject {
  const [file = '', path = ''] = pointer.split('#/');
  return mapAt(schemas.get(file), ...path.split('/'));
}
