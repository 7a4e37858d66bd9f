import { isSame, type Json, type JsonObject, listAt } from '../../ground/json.ts';

/** What a value may be, where that is different. */
export function valueWords(older: JsonObject, newer: JsonObject): string[] {
  const [more, less] = [
    valuesBeyond(older, newer).map(value => `may be ${value}`),
    valuesBeyond(newer, older).map(value => `may not be ${value} any more`),
  ];
  const isFree = 'enum' in older !== 'enum' in newer;
  return [
    ...typeWords(typesOf(older), typesOf(newer)),
    ...(isFree ? ['enum' in newer ? 'only some values' : 'any value'] : [...more, ...less]),
    ...defaultWords(older['default'], newer['default']),
    ...LIMITS.flatMap(limit =>
      isSame(older[limit], newer[limit]) ? [] : [limitWords(limit, older[limit], newer[limit])],
    ),
  ];
}

const LIMITS = ['pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'];

/** Where the type is not told, or is `null` beside another because the field may be left out, it is no change. */
function typeWords(before: string, after: string): string[] {
  return before === '' || after === '' || before === after ? [] : [`${after}, not ${before}`];
}

function typesOf({ type }: JsonObject): string {
  const all = (Array.isArray(type) ? type : [type ?? '']).map(String);
  return all
    .filter(one => one !== 'null')
    .sort()
    .join(' or ');
}

function limitWords(limit: string, before: Json | undefined, after: Json | undefined): string {
  return after === undefined
    ? `no ${limit} any more, it was ${shown(before)}`
    : `${limit} ${shown(after)}${before === undefined ? '' : `, not ${shown(before)}`}`;
}

function valuesBeyond(schema: JsonObject, other: JsonObject): Json[] {
  const known = listAt(schema, 'enum');
  return listAt(other, 'enum').filter(value => value !== null && !known.includes(value));
}

function defaultWords(before: Json | undefined, after: Json | undefined): string[] {
  if (isSame(before, after)) return [];
  if (after === undefined) return [`no default any more, it was ${shown(before)}`];
  return [`default ${shown(after)}${before === undefined ? '' : `, not ${shown(before)}`}`];
}

function shown(value: Json | undefined): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}
