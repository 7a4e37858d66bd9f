import type { Finding } from '../../ground/finding.ts';
import { maskTemplate } from '../../ground/mask/template-text.ts';
import { maskMessage } from '../../ground/mask/text.ts';
import { oncePerText } from '../../ground/once-per.ts';
import { oneLine } from '../one-line.ts';
import { bare, type LineToken, lineTokens } from './line-tokens.ts';
import { NAMES, OUTERMOST, surroundingsOf } from './own-texts.ts';

/** How much of a long line is shown. */
const WIDTH = 120;

/** How far around the column a line is looked at; a longer name is not shown. */
const NEAR = 1000;

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
 * Whether the line is inside a text of several lines, not beside the key that has it, or that of a
 * map around it where the key is missing, or of the entry of a spec that made the object.
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

/** A line of a text says whose it is, and nothing of itself: any word of it may be the secret. */
function contentOf({ field }: Finding, line: string): Piece {
  const indent = /^\s{0,1000}/.exec(line)?.[0] ?? '';
  const isEmpty = indent.length === line.length;
  return {
    start: 0,
    text: isEmpty ? '' : `${indent}… (a line of "${maskMessage(keyOf(field))}")`,
  };
}

/** Faults of what stands where a name should: nobody knows what that is. */
const MISTAKEN = new Set(['wrong-type', 'unreadable', 'yaml-syntax']);

interface Piece {
  readonly start: number;
  readonly text: string;
}

/** Findings come line by line, and many may stand in one. */
const tokensOf = oncePerText(lineTokens);

/** What is shown around the column, at least as far as it can be seen. */
function shownParts(finding: Finding, line: string, start: number): readonly Piece[] {
  const tokens = tokensOf(line);
  const show = showing(finding, line);
  const at = lastNotAbove(tokens, start);
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

/** The last token that does not begin behind a place. */
function lastNotAbove(tokens: readonly LineToken[], start: number): number {
  let [low, high] = [0, tokens.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((tokens[middle]?.start ?? 0) <= start) low = middle;
    else high = middle - 1;
  }
  return low;
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
