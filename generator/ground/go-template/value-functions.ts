import { isMap, isSame, type Json } from '../json.ts';

type Call = (given: readonly Json[]) => Json | undefined;

/** Lists can be joined into texts without end, and texts split into lists. */
const MOST = 1_000;

/** What Go takes for true: no zero, no empty text, list or map (text/template, IsTrue). */
export function isTrue(value: Json): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return value !== null && value !== false && value !== 0 && value !== '';
}

/** A value as Go prints it, where it is one that has a plain text. */
export function printed(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

/** A function of texts: undefined for anything else, or another number of them. */
function ofTexts(number: number, call: (...texts: string[]) => Json | undefined): Call {
  return given => {
    const texts = given.filter(value => typeof value === 'string');
    return texts.length === number && given.length === number ? call(...texts) : undefined;
  };
}

/** Functions of Go and sprig, with what comes through the pipe last (sprig 3.3). */
export const VALUE_FUNCTIONS: Readonly<Record<string, Call>> = {
  lower: ofTexts(1, text => text.toLowerCase()),
  upper: ofTexts(1, text => text.toUpperCase()),
  trim: ofTexts(1, text => text.trim()),
  nospace: ofTexts(1, text => text.replaceAll(/\s/g, '')),
  trimPrefix: ofTexts(2, (start, text) =>
    text.startsWith(start) ? text.slice(start.length) : text,
  ),
  trimSuffix: ofTexts(2, (end, text) =>
    text.endsWith(end) && end !== '' ? text.slice(0, -end.length) : text,
  ),
  replace: ofTexts(3, (old, fresh, text) => (old === '' ? undefined : text.replaceAll(old, fresh))),
  base: ofTexts(1, text => text.split('/').findLast(step => step !== '') ?? '.'),
  contains: ofTexts(2, (part, text) => text.includes(part)),
  hasPrefix: ofTexts(2, (start, text) => text.startsWith(start)),
  hasSuffix: ofTexts(2, (end, text) => text.endsWith(end)),
  splitList: ofTexts(2, (separator, text) => text.split(separator).slice(0, MOST)),
  join: ([separator, list]) => joined(separator, list),
  printf: ([format, ...values]) => formatted(format, values),
  print: given => (given.every(isText) ? given.join('') : undefined),
  quote: ofTexts(1, text => JSON.stringify(text)),
  toString: (given: readonly Json[]) => printed(given[0]),
  index: ([value, ...steps]) => indexed(value, steps),
  first: ([list]) => (Array.isArray(list) ? list[0] : undefined),
  last: ([list]) => (Array.isArray(list) ? list.at(-1) : undefined),
  dig: given => dug(given),
  default: ([usual, value]) => (value !== undefined && isTrue(value) ? value : usual),
  coalesce: given => given.find(isTrue),
  ternary: ([yes, no, test]) => (typeof test === 'boolean' ? (test ? yes : no) : undefined),
  eq: ([first, ...others]) =>
    others.length > 0 ? others.some(other => isSame(first, other)) : undefined,
  ne: ([first, other]) => (other === undefined ? undefined : !isSame(first, other)),
  not: ([value]) => (value === undefined ? undefined : !isTrue(value)),
  and: given => given.find(value => !isTrue(value)) ?? given.at(-1),
  or: given => given.find(isTrue) ?? given.at(-1),
  normalize: ofTexts(1, normalized),
};

function isText(value: Json): value is string {
  return typeof value === 'string';
}

function joined(separator: Json | undefined, list: Json | undefined): string | undefined {
  if (typeof separator !== 'string' || !Array.isArray(list) || list.length > MOST) return undefined;
  return list.every(isText) ? list.join(separator) : undefined;
}

/** A format whose verbs are only those that print a value as it is. */
function formatted(format: Json | undefined, values: readonly Json[]): string | undefined {
  if (typeof format !== 'string') return undefined;
  const pieces = format.split(/%[sdv]/);
  const texts = values.map(printed);
  if (pieces.length !== values.length + 1 || pieces.some(piece => piece.includes('%')))
    return undefined;
  if (texts.some(text => text === undefined)) return undefined;
  return pieces.map((piece, index) => `${piece}${texts[index] ?? ''}`).join('');
}

function indexed(value: Json | undefined, steps: readonly Json[]): Json | undefined {
  let found = value;
  for (const step of steps) {
    if (typeof step === 'number') found = Array.isArray(found) ? found[step] : undefined;
    else
      found = isText(step) && isMap(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  return found;
}

/** `dig "a" "b" DEFAULT MAP`. */
function dug(given: readonly Json[]): Json | undefined {
  const [map, usual] = [given.at(-1), given.at(-2)];
  const steps = given.slice(0, -2);
  return isMap(map) && steps.every(isText) ? (indexed(map, steps) ?? usual) : undefined;
}

/** A text as a name of DNS, as Argo CD makes it (argo-cd 3.5, applicationset/utils, SanitizeName). */
export function normalized(text: string): string {
  const plain = text.toLowerCase().replaceAll(/[^-a-z0-9.]/g, '-');
  return plain.slice(0, 253).replaceAll(/^[-.]{1,253}|[-.]{1,253}$/g, '');
}
