import type { Hide } from '../secret-text.ts';
import { isSecretName } from './secret-name.ts';
import { isHarmless, maskNamed, SCHEME } from './secret-value.ts';

/**
 * A name with the sign behind it: `password=`, `"password": `, `--set auth.password=`,
 * `X-Api-Key: `; or an option with a space behind it.
 */
const HEAD =
  /(?<![\w.-])(-{0,2}[A-Za-z_][\w.-]{0,99})(?:\\?["'])?\]? {0,9}(=>|:=|=(?!=)|(?<=["'] {0,9}):|:(?=[\s"'\\[]|$))[ \t]{0,9}|(?<![\w.-])(--?[A-Za-z][\w.-]{0,99}) {1,9}(?=[^\s-])/g;

/**
 * How a text is written: in a file the first pair of a line has the rest of the line, in a command
 * it has not. In a message of ours a colon begins an example or a list of names, and no value.
 */
export type TextForm = 'file' | 'command' | 'message';

/** A line with the values hidden that stand behind the name of a secret. */
export function maskPairs(line: string, form: TextForm, hide: Hide): string {
  let [shown, from] = ['', 0];
  for (const { index, 0: head, 1: pair, 2: sign, 3: option } of line.matchAll(HEAD)) {
    const name = pair ?? option ?? '';
    if (index < from || !isSecretName(name) || isRefused(name, sign, form)) continue;
    const isFirst = form === 'file' && index <= 200 && BEGIN.test(line.slice(0, index));
    const [start, end] = valueAt(line, index, index + head.length, isFirst ? sign : undefined);
    const value = line.slice(start, end);
    shown += line.slice(from, start) + (maskNamed(value, name, hide, text => text) ?? value);
    from = end;
  }
  return shown + line.slice(from);
}

/** `--no-password` takes nothing. */
function isRefused(name: string, sign: string | undefined, form: TextForm): boolean {
  if (form === 'message' && sign === ':') return true;
  return /^--?(no|without|disable|skip|ask|prompt)-/.test(name);
}

/** What may stand before the first name of a line in a file. */
const BEGIN = /^[\s#;/*-]{0,99}(?:export |set |env |arg |let |const |var |readonly )?["']?$/i;

/** Where a value stands, its quotes apart. `sign`: it is the first of its line. */
function valueAt(
  line: string,
  head: number,
  start: number,
  sign: string | undefined,
): readonly [start: number, end: number] {
  const quote = /^\\?["']/.exec(line.slice(start, start + 2))?.[0];
  if (quote !== undefined)
    return [start + quote.length, closing(line, start + quote.length, quote)];
  if (line[start] === '[') return [start + 1, endOr(line, line.indexOf(']', start))];
  if (line[start] === '{' && line[start + 1] !== '{') return [start, start];
  const isListed = /(^|;)[ \t]{0,9}$/.test(line.slice(Math.max(0, head - 10), head));
  const rest = line.slice(start);
  return [start, start + lengthOf(rest, sign, isListed)];
}

function endOr(line: string, end: number): number {
  return end < 0 ? line.length : end;
}

/** Where a quoted value ends; one that is not closed goes to the end of the line. */
function closing(line: string, start: number, quote: string): number {
  for (let at = line.indexOf(quote, start); at >= 0; at = line.indexOf(quote, at + 1)) {
    if (quote.length === 2 || line[at - 1] !== '\\') return at;
  }
  return line.length;
}

/** `; Database=` behind a value: what comes is another pair. */
const PAIR_BEHIND = /[;&,\s][ \t]{0,3}[\w.-]{1,64}["']?[ \t]{0,3}=/;

function lengthOf(rest: string, sign: string | undefined, isListed: boolean): number {
  if (isListed && rest.includes(';')) return rest.indexOf(';');
  if (sign === ':' || (sign !== undefined && !PAIR_BEHIND.test(rest)))
    return rest.trimEnd().replace(/[,;]$/, '').length;
  const scheme = SCHEME.exec(rest)?.[0].length ?? 0;
  const word = /^\S{0,}/.exec(rest.slice(scheme))?.[0] ?? '';
  if (isHarmless(word)) return scheme + word.length;
  const other = word.search(/[;&,|](?=$|["']|[\w.-]{1,64}["']?[=:])/);
  return (
    scheme + (other < 0 ? word : word.slice(0, other)).replace(/[;&,|)}\]"'`>]{1,20}$/, '').length
  );
}
