import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../generator/core/json.ts';
import { isOwn } from './own-fields.ts';

/**
 * The types of what a JSON Schema defines, with its sentences: `Definitions['workload']`. Null, which takes an entry
 * away, is in none of them: `mergeEnvironment` removes it.
 */
export function typesOf(schema: JsonObject): string {
  const json = `import('../../generator/core/json.ts', { with: { 'resolution-mode': 'import' } })`;
  const fields = Object.entries(mapAt(schema, 'definitions')).map(([name, definition]) =>
    field(name, mapAt(definition), ''),
  );
  return `type JsonObject = ${json}.JsonObject;\n\nexport interface Definitions {\n${fields.join('')}}\n`;
}

/** The type of the documents of a JSON Schema without definitions, as `Document`. */
export function documentType(schema: JsonObject): string {
  return `export type Document = ${typeOf(schema)};\n`;
}

function field(name: string, node: JsonObject, optional: '?' | ''): string {
  const text = textAt(node, 'description')?.replaceAll('*/', '* /');
  const comment = text === undefined ? '' : `/** ${text} */\n`;
  return `${comment}readonly ${JSON.stringify(name)}${optional}: ${typeOf(node)};\n`;
}

function typeOf(node: JsonObject): string {
  const [only] = listAt(node, 'allOf');
  const name = (textAt(node, '$ref') ?? textAt(only, '$ref'))?.replace('#/definitions/', '');
  if (name !== undefined) return `Definitions[${JSON.stringify(name)}]`;
  const values = listAt(node, 'enum').filter(value => value !== null);
  if (values.length > 0) return values.map(value => JSON.stringify(value)).join(' | ');
  const { type } = node;
  const types = Array.isArray(type) ? type : [type];
  return types
    .filter(one => one !== 'null')
    .map(one => plainType(String(one), node))
    .join(' | ');
}

function plainType(type: string, node: JsonObject): string {
  if (type === 'integer') return 'number';
  if (type === 'boolean' && mapAt(node, 'then')['const'] === true) return 'true';
  if (type === 'array') return `readonly (${typeOf(mapAt(node, 'items'))})[]`;
  if (type !== 'object') return type;
  const { additionalProperties: others } = node;
  const required = listAt(node, 'required');
  const explained = Object.entries(mapAt(node, 'properties')).filter(([, child]) => !isOwn(child));
  const fields = explained.map(([name, child]) =>
    field(name, mapAt(child), required.includes(name) ? '' : '?'),
  );
  if (isMap(others)) return `Readonly<Record<string, ${typeOf(others)}>>`;
  const known = `{ ${fields.join('')}}`;
  if (others === false) return known;
  return fields.length === 0 ? 'JsonObject' : `JsonObject & ${known}`;
}
