import { isMap, type Json, type JsonObject, listAt } from '../../generator/core/json.ts';

/** Words that editors check: the program takes them away before it checks a spec (spec/merge.ts, spec/text-files.ts). */
const WORDS = ['replace', 'only', 'extends', 'textFile', 'filePath'];

/** The end of a pattern by which editors take a value with a variable: the program checks it with the value filled in. */
const FILLED_IN = '|\\$\\{';

/** The schema of a spec as the program checks it, without what is for editors alone. */
export function runtimeSchema(schema: JsonObject): JsonObject {
  const fields = Object.entries(schema).filter(([, child]) => !isWord(child));
  return Object.fromEntries(fields.map(([name, child]) => [name, runtimeValue(name, child)]));
}

function isWord(value: Json): boolean {
  return isMap(value) && WORDS.some(word => value['$ref'] === `#/definitions/${word}`);
}

function runtimeValue(name: string, value: Json): Json {
  if (Array.isArray(value)) return value.map(item => runtimeValue('', item));
  if (name === 'pattern' && typeof value === 'string' && value.endsWith(FILLED_IN))
    return value.slice(0, -FILLED_IN.length);
  if (!isMap(value)) return value;
  const choices = listAt(value, 'anyOf').filter(isMap);
  const others = choices.filter(choice => choice['const'] !== '$patch' && !isWord(choice));
  if (others[0] !== undefined && others.length < choices.length) return runtimeSchema(others[0]);
  const fields = Object.entries(value).filter(
    ([field]) => name !== 'definitions' || !WORDS.includes(field),
  );
  return runtimeSchema(Object.fromEntries(fields));
}
