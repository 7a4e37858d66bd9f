import { inList, inMap, OUTERMOST, type Surroundings } from './own-texts.ts';

/** A piece of a line of YAML, with the spaces before it: a sign, a comment, or a value. */
export interface LineToken {
  readonly start: number;
  readonly end: number;
  /** It may be a value: it is neither a sign nor blank. */
  readonly isValue: boolean;
  /** It is the name of an entry. */
  readonly isKey: boolean;
  /** The name of the entry that it is in, or is; empty where the line tells none. */
  readonly key: string;
  /** What it is in, as far as this line tells. */
  readonly around: Surroundings;
}

/**
 * The pieces of a line, in one pass over it: a line may be a whole file. A quote that is not closed
 * holds the rest of the line, as a text of several lines does.
 */
export function lineTokens(line: string): readonly LineToken[] {
  const ends = endsOf(line);
  const tokens: LineToken[] = [];
  const open: Surroundings[] = [];
  let [start, key] = [0, ''];
  for (const [index, end] of ends.entries()) {
    const text = line.slice(start, end);
    const isKey = line[end] === ':' && ends[index + 1] === end + 1;
    if (isKey) key = bare(text);
    const around = open.at(-1) ?? OUTERMOST;
    tokens.push({ start, end, isValue: index > 0 && !isSign(text), isKey, key, around });
    enter(open, text, key);
    if (text === '{' || text === '}' || text === ',') key = '';
    start = end;
  }
  return tokens;
}

/** A bracket begins or ends what the pieces after it are in. */
function enter(open: Surroundings[], sign: string, key: string): void {
  const around = open.at(-1) ?? OUTERMOST;
  if (sign === '{') open.push(inMap(key, around));
  else if (sign === '[') open.push(inList(around));
  else if (sign === '}' || sign === ']') open.pop();
}

/** The name or value itself, without spaces and quotes around it. */
export function bare(text: string): string {
  const value = text.trim();
  const isQuoted = value.length > 1 && isQuote(value[0]) && value.at(-1) === value[0];
  return isQuoted ? value.slice(1, -1) : value;
}

/** Where the pieces end; the first is what stands before any value, if only nothing. */
function endsOf(line: string): readonly number[] {
  const ends = [indentEnd(line)];
  for (let at = ends[0] ?? 0; at < line.length; at = ends.at(-1) ?? line.length)
    ends.push(pieceEnd(line, at));
  return ends;
}

/** Behind the indentation and the dashes of a list's items. */
function indentEnd(line: string): number {
  let at = valueStart(line, 0);
  while (line[at] === '-' && line[at + 1] === ' ') at = valueStart(line, at + 1);
  return at;
}

function pieceEnd(line: string, at: number): number {
  const template = TEMPLATE.exec(line.slice(at, at + MOST_OF_TEMPLATE))?.[0];
  if (template !== undefined) return at + template.length;
  if (isBracket(line[at]) || isColon(line, at)) return at + 1;
  const start = valueStart(line, at);
  if (line[start] === '#') return line.length;
  return isQuote(line[start]) ? quoteEnd(line, start) : plainEnd(line, start);
}

/** A template of ESO or Helm is one piece: its braces are no signs of YAML. */
const TEMPLATE = /^\s{0,100}\{\{[^{}]{0,500}\}\}/;
const MOST_OF_TEMPLATE = 700;

function valueStart(line: string, at: number): number {
  let start = at;
  while (start < line.length && isSpace(line[start])) start += 1;
  return start;
}

function quoteEnd(line: string, start: number): number {
  const quote = line[start];
  for (let at = start + 1; at < line.length; at += 1) {
    if (quote === '"' && line[at] === '\\') at += 1;
    else if (line[at] === quote) return at + 1;
  }
  return line.length;
}

function plainEnd(line: string, start: number): number {
  for (let at = start; at < line.length; at += 1) {
    if (isBracket(line[at]) || isColon(line, at)) return at;
    if (line[at] === '#' && isSpace(line[at - 1])) return at;
  }
  return line.length;
}

/** A colon ends a name before a space, at the end of a line, and behind a quote. */
function isColon(line: string, at: number): boolean {
  return line[at] === ':' && (isSpace(line[at + 1]) || isQuote(line[at - 1]));
}

function isBracket(sign: string | undefined): boolean {
  return sign !== undefined && '{}[],'.includes(sign);
}

function isQuote(sign: string | undefined): boolean {
  return sign === '"' || sign === "'";
}

/** Whether it is a space, or the end of the line. */
function isSpace(sign: string | undefined): boolean {
  return sign === undefined || sign.trim() === '';
}

function isSign(text: string): boolean {
  return isBracket(text) || text === ':' || text.trim() === '';
}
