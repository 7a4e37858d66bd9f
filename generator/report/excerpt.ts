import type { Finding } from '../core/finding.ts';
import { lastNotAbove } from '../core/json.ts';
import { maskMessage, maskTemplate } from '../core/mask.ts';
import { oncePerText } from '../core/once.ts';
import { oneLine } from './text.ts';

/** A piece of a line of YAML, with the spaces before it: a sign, a comment, or a value. */
interface LineToken {
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
 * The pieces of a line, in one pass, as a line may be a whole file. A quote that is not closed on the
 * line holds the rest of it.
 */
function lineTokens(line: string): readonly LineToken[] {
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
function bare(text: string): string {
  const value = text.trim();
  const isQuoted = value.length > 1 && isQuote(value[0]) && value.at(-1) === value[0];
  return isQuoted ? value.slice(1, -1) : value;
}

/** Where the pieces end; the first piece is the indentation, which may be empty. */
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

/** A template of ESO or Helm is one piece, as its braces are no signs of YAML. */
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

/** How much of a long line is shown. */
const WIDTH = 120;

/** How far from the column we look at a line; a longer name is not shown. */
const NEAR = 1000;

/** A line of a file and the column that a finding points at, from 1. */
interface Excerpt {
  readonly text: string;
  readonly column: number;
}

/**
 * The line that a finding points at, with `…` for every value that may be a secret: shown are the
 * values of fields that hold names, and what the message quotes.
 */
export function excerptOf(finding: Finding, line: string): Excerpt {
  const start = Math.min((finding.at?.column ?? 1) - 1, line.length);
  const parts = isContent(finding, line.slice(Math.max(0, start - NEAR), start + NEAR))
    ? [contentOf(finding, line)]
    : shownParts(finding, line, start);
  let [text, column] = ['', 0];
  for (const part of parts) {
    const most = part.text.endsWith('…') ? part.text.length - 1 : part.text.length;
    if (part.start <= start) column = text.length + Math.min(start - part.start, most);
    text += part.text;
  }
  return around(text.trimEnd(), Math.min(column, text.length));
}

/**
 * Whether the line is inside a text of several lines. It is not where it has the key of the text, or,
 * where that key is missing, a key of a map around it or of the entry of a spec that made the object.
 */
function isContent(finding: Finding, line: string): boolean {
  const { field } = finding;
  if (!surroundingsOf(field).isText || line.includes(keyOf(field))) return false;
  const text = line.trim().replace(/^- /, '');
  const keys = [...field.split('.'), ...quotedIn(finding)];
  return !keys.some(name => name !== '' && text.startsWith(`${name}:`));
}

/** The last key of a field; an item goes by its list. */
function keyOf(field: string): string {
  const list = field.replace(/(?:\[\d{1,9}\]){1,99}$/, '');
  return (/\["([^"]{1,253})"\]$/.exec(list) ?? /([^.[\]"]{1,253})$/.exec(list))?.[1] ?? '';
}

/** Of a line of a text only the key of the text is shown, as any word of the line may be the secret. */
function contentOf({ field }: Finding, line: string): Piece {
  const indent = /^\s{0,1000}/.exec(line)?.[0] ?? '';
  const isEmpty = indent.length === line.length;
  return {
    start: 0,
    text: isEmpty ? '' : `${indent}… (a line of "${maskMessage(keyOf(field))}")`,
  };
}

/** Rules that find something in the place of a name: nobody knows what it is, so it is not shown. */
const MISTAKEN = new Set(['wrong-type', 'unreadable', 'yaml-syntax']);

interface Piece {
  readonly start: number;
  readonly text: string;
}

/** Kept, as many findings may point at one line. */
const tokensOf = oncePerText(lineTokens);

/** What is shown around the column, at least as far as it can be seen. */
function shownParts(finding: Finding, line: string, start: number): readonly Piece[] {
  const tokens = tokensOf(line);
  const show = showing(finding, line);
  const at = lastNotAbove(tokens, start, token => token.start);
  return [...taken(tokens, at - 1, -1, show).reverse(), ...taken(tokens, at, 1, show)];
}

/** Tokens in one direction, until they are wider than what is shown. */
function taken(
  tokens: readonly LineToken[],
  from: number,
  step: 1 | -1,
  show: (token: LineToken) => string,
): Piece[] {
  const parts: Piece[] = [];
  let width = 0;
  for (let at = from; width < WIDTH; at += step) {
    const token = tokens[at];
    if (token === undefined) break;
    const text = show(token);
    parts.push({ start: token.start, text });
    width += text.length;
  }
  return parts;
}

function showing(finding: Finding, line: string): (token: LineToken) => string {
  const named = quotedIn(finding);
  const field = surroundingsOf(finding.field);
  const isText = field.isText || MISTAKEN.has(finding.rule);
  return ({ start, end, isValue, isKey, key, around }) => {
    if (end - start > NEAR) return '…';
    const text = line.slice(start, end);
    const { fields = [key] } = around === OUTERMOST ? field : around;
    const isName =
      !isText && fields.includes(key) && NAMES.has(key) && !text.trim().startsWith('#');
    const isShown = isKey || !isValue || named.has(bare(text)) || isName;
    return isShown ? maskMessage(text) : hidden(text);
  };
}

/** What the finding's texts quote. They hold names only. */
function quotedIn({ message, hint = '' }: Finding): ReadonlySet<string> {
  return new Set([...`${message} ${hint}`.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name));
}

/** `…` between the same spaces; of a template stays what it reads. */
function hidden(text: string): string {
  const value = text.trim();
  if (value === '') return text;
  const start = text.indexOf(value);
  const shown = value.includes('{{') ? maskTemplate(value, () => '…') : '…';
  return text.slice(0, start) + shown + text.slice(start + value.length);
}

/** The part of a long line around the column, which counts from 0. */
function around(line: string, start: number): Excerpt {
  const from = start < WIDTH * 0.8 ? 0 : Math.max(0, Math.min(start - 20, line.length - WIDTH));
  const before = from > 0 ? '…' : '';
  const after = from + WIDTH < line.length ? '…' : '';
  const show = (to: number): string => oneLine(before + line.slice(from, to).replaceAll('\t', ' '));
  return { text: show(from + WIDTH) + after, column: show(start).length + 1 };
}

/** Maps of a user's own texts, at any depth: a `key` in them may hold anything. */
const TEXTS = new Set(
  'data stringData binaryData config annotations labels values valuesObject'.split(' '),
);

/** Maps of a user's own entries, and the fields beside those: `type` in the template of an ExternalSecret. */
const ENTRIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['env', []],
  ['template', ['type', 'engineVersion', 'mergePolicy']],
]);

/** What is around a place in a document, as far as it decides what may be shown. */
interface Surroundings {
  /** In a map of a user's own entries: those names that are fields all the same. */
  readonly fields?: readonly string[];
  /** In a map of a user's own texts, at any depth. */
  readonly isText: boolean;
  /** In a list: the maps in it have no name. */
  readonly isList: boolean;
}

const OUTERMOST: Surroundings = { isText: false, isList: false };

/** What the entries of a map are in. */
function inMap(name: string, { isText, isList }: Surroundings): Surroundings {
  if (isText || (!isList && TEXTS.has(name))) return { fields: [], isText: true, isList: false };
  const fields = isList ? undefined : ENTRIES.get(name);
  return { ...OUTERMOST, ...(fields === undefined ? {} : { fields }) };
}

/** What the items of a list are in. */
function inList({ isText }: Surroundings): Surroundings {
  return isText ? { fields: [], isText, isList: true } : { ...OUTERMOST, isList: true };
}

/** What the field of a finding is in, or is: `spec.data[0].remoteRef`, `data["app.conf"]`. */
function surroundingsOf(field: string): Surroundings {
  let [before, around] = [OUTERMOST, OUTERMOST];
  for (const [, quoted, plain, indexes] of field.matchAll(STEP)) {
    before = around;
    around = indexes === '' ? inMap(quoted ?? plain ?? '', around) : inList(around);
  }
  return { ...before, ...around };
}

const STEP = /(?:\["([^"]{1,999})"\]|([^.[\]"]{1,999}))((?:\[\d{1,9}\]){0,99})/g;

/** Fields that hold names and settings, never secrets. */
const NAMES: ReadonlySet<string> = new Set(
  (
    'apiVersion kind name namespace key secretName secretKey property secretStoreRef claimName ' +
    'storeRef serviceAccountName serviceAccount image mountPath subPath path prefix optional ' +
    'refreshInterval refreshPolicy creationPolicy deletionPolicy mergePolicy engineVersion ' +
    'type service region role version mergeStrategy conversionStrategy decodingStrategy ' +
    'secretRef configMapRef owner database host port containerPort targetPort protocol cluster ' +
    'serverCASecret serverTLSSecret replicationTLSSecret clientCASecret readOnly instances ' +
    'restartPolicy concurrencyPolicy schedule method immutable enableSuperuserAccess size ' +
    'apiGroup apiGroups resources rule object reason resourceNames verbs remoteNamespace valueFrom replicas'
  ).split(' '),
);
