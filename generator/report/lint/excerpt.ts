import type { Finding } from '../../source/finding.ts';
import { maskTemplate } from '../../source/mask/template-text.ts';
import { maskMessage } from '../../source/mask/text.ts';
import { oneLine } from '../one-line.ts';

/** How much of a long line is shown. */
const WIDTH = 120;

/** A line of a file and the column that a finding points at, from 1. */
export interface Excerpt {
  readonly text: string;
  readonly column: number;
}

/**
 * The line that a finding points at. It shows names: the values of fields that hold names, and
 * what the message quotes. `…` stands for every other value, as it may be a secret.
 */
export function excerptOf(finding: Finding, line: string): Excerpt {
  const start = Math.min((finding.at?.column ?? 1) - 1, line.length);
  const parts = isContent(finding, line)
    ? [{ start: 0, text: contentOf(finding, line) }]
    : [...shownParts(finding, line)];
  let [text, column] = ['', 0];
  for (const part of parts) {
    const most = part.text.endsWith('…') ? part.text.length - 1 : part.text.length;
    if (part.start <= start) column = text.length + Math.min(start - part.start, most);
    text += part.text;
  }
  return around(text.trimEnd(), Math.min(column, text.length));
}

/** Fields that are texts of their user's: under them a key named `name` may hold anything. */
const TEXTS = /^(data|stringData|binaryData)\b|template\.(data|metadata)\b|\.config\b|^metadata\./;

/**
 * Whether the line is inside a text of several lines, not beside the key that has it, or that of a
 * map around it where the key is missing.
 */
function isContent({ field }: Finding, line: string): boolean {
  const key = keyOf(field);
  const text = line.trim().replace(/^- /, '');
  const isMap = field.split('.').some(step => text.startsWith(`${step}:`));
  return TEXTS.test(field) && !line.includes(key) && !isMap;
}

/** The last key of a field; an item goes by its list. */
function keyOf(field: string): string {
  const list = field.replace(/(?:\[\d{1,9}\]){1,99}$/, '');
  return (/\["([^"]{1,253})"\]$/.exec(list) ?? /([^.[\]"]{1,253})$/.exec(list))?.[1] ?? '';
}

/** A line of a text says whose it is, and nothing of itself: any word of it may be the secret. */
function contentOf({ field }: Finding, line: string): string {
  const indent = line.slice(0, line.length - line.trimStart().length);
  return line.trim() === '' ? '' : `${indent}… (a line of "${maskMessage(keyOf(field))}")`;
}

/** Fields that hold names and settings, never secrets. */
const NAMES = new Set(
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

interface Part {
  readonly start: number;
  readonly text: string;
}

/** Strings in quotes, the signs of YAML, and comments; what stands between them is a plain value. */
const SIGNS =
  /\{\{[^{}]{0,500}\}\}|"(?:[^"\\]|\\.)*"|'[^']*'|[{}[\],]|:(?=\s|$)|\s+#.*$|^\s*(?:- +)*/g;

function* shownParts(finding: Finding, line: string): Iterable<Part> {
  const named = quotedIn(finding);
  const isText = TEXTS.test(finding.field);
  let key = '';
  for (const { start, text, isValue, isKey, isEnd } of tokensOf(line)) {
    const bare = text.trim().replace(/^(["'])(.*)\1$/, '$2');
    if (isKey) key = bare;
    const isName = !isText && NAMES.has(key) && !/^\s*#/.test(text);
    const isShown = isKey || !isValue || named.has(bare) || isName;
    yield { start, text: isShown ? maskMessage(text) : hidden(text) };
    if (isEnd) key = '';
  }
}

/** What the finding's texts quote. They hold names only. */
function quotedIn({ message, hint = '' }: Finding): ReadonlySet<string> {
  return new Set([...`${message} ${hint}`.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name));
}

/** `…` between the same spaces; of a template stays what it reads. */
function hidden(text: string): string {
  if (text.includes('{{')) return maskTemplate(text, () => '…');
  return text.trim() === '' ? text : text.replace(/\S(.*\S)?/s, '…');
}

interface Token extends Part {
  readonly isValue: boolean;
  readonly isKey: boolean;
  /** What comes after it belongs to no key before it. */
  readonly isEnd: boolean;
}

function tokensOf(line: string): Token[] {
  const pieces: Part[] = [];
  let end = 0;
  for (const { 0: text, index } of line.matchAll(SIGNS)) {
    if (index > end) pieces.push({ start: end, text: line.slice(end, index) });
    if (text !== '') pieces.push({ start: index, text });
    end = index + text.length;
  }
  if (end < line.length) pieces.push({ start: end, text: line.slice(end) });
  return pieces.map((piece, index) => ({
    ...piece,
    isValue: !/^(?:[{}[\],:]|\s*(?:- +)*)$/.test(piece.text),
    isKey: pieces[index + 1]?.text === ':',
    isEnd: /^[{},]$/.test(piece.text),
  }));
}

/** The part of a long line around the column, which counts from 0. */
function around(line: string, start: number): Excerpt {
  const from = start < WIDTH * 0.8 ? 0 : Math.max(0, Math.min(start - 20, line.length - WIDTH));
  const before = from > 0 ? '…' : '';
  const after = from + WIDTH < line.length ? '…' : '';
  const show = (to: number): string => oneLine(before + line.slice(from, to).replaceAll('\t', ' '));
  return { text: show(from + WIDTH) + after, column: show(start).length + 1 };
}
