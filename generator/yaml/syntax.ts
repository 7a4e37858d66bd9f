import {
  binaryTag,
  boolYaml11Tag,
  CORE_SCHEMA,
  defineScalarTag,
  EVENT_ID,
  type Event,
  floatCoreTag,
  mergeTag,
  NOT_RESOLVED,
  nullCoreTag,
  SCALAR_STYLE,
  type Schema,
  YAMLException,
} from 'js-yaml';
import type { Fault } from '../core/finding.ts';
import { oncePerText } from '../core/once.ts';

/** A document of a stream of YAML, and where it begins in the stream. */
export interface DocumentText {
  readonly text: string;
  readonly start: number;
}

/** Lines that are comments, or empty. */
const NO_CONTENT = /^(?:[ \t]*(?:#[^\n]*)?(?:\r?\n|$))*$/;

/**
 * The texts of a stream's documents. A line that begins with `---` always parts documents (YAML 1.2,
 * section 9.1.2). Undefined where one has content behind it, where an indented one could be taken
 * for it, or where the stream has directives or ends of documents: those are rare, and read whole.
 */
export const documentTexts: (text: string) => readonly DocumentText[] | undefined =
  oncePerText(partsOf);

function partsOf(text: string): DocumentText[] | undefined {
  const isOdd = ['%', '...'].some(start => text.includes(start) && hasLine(text, start));
  if (isOdd || text.startsWith('\uFEFF')) return undefined;
  const parts: DocumentText[] = [];
  let start = 0;
  for (let at = text.indexOf('---'); at !== -1; at = text.indexOf('---', at + 3)) {
    const end = markerEnd(text, at);
    if (end === undefined) return undefined;
    if (end === at) continue;
    parts.push({ text: text.slice(start, at), start });
    start = end;
  }
  parts.push({ text: text.slice(start), start });
  return NO_CONTENT.test(parts[0]?.text ?? '') ? parts.slice(1) : parts;
}

function hasLine(text: string, start: string): boolean {
  return text.startsWith(start) || text.includes(`\n${start}`) || text.includes(`\r${start}`);
}

/** Where a marker ends, with its line; its start where it is none; undefined where that is unsure. */
function markerEnd(text: string, at: number): number | undefined {
  if (text[at - 1] === '\n' && text[at + 3] === '\n') return at + '---\n'.length; // As most are.
  let line = at;
  while (text[line - 1] === ' ' || text[line - 1] === '\t') line -= 1;
  const isFirst = line === 0 || text[line - 1] === '\n' || text[line - 1] === '\r';
  if (!isFirst) return at;
  const [marker] = /^---(?:\r?\n|$)/.exec(text.slice(at, at + 5)) ?? [];
  return marker === undefined || line < at ? undefined : at + marker.length;
}

/** Where a reader sees a value begin: at its quote, or at the first word of a block. */
export function offsetOf(event: Event, text: string): number | undefined {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  if (event.type !== EVENT_ID.SCALAR) return 'start' in event ? event.start : undefined;
  const { valueStart, valueEnd, style } = event;
  if (valueStart < 0) return undefined;
  if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED)
    return valueStart - 1;
  const indent = text.slice(valueStart, valueEnd).search(/\S/);
  return indent < 0 ? beforeEmpty(text, valueStart) : valueStart + indent;
}

/** Of an empty block its sign, which ends the line before. */
function beforeEmpty(text: string, at: number): number {
  const before = text.slice(Math.max(0, at - 100), at);
  return at - Math.min(before.length, before.length - before.trimEnd().length + 1);
}

/**
 * Integers as go-yaml reads them, and so kubectl and kustomize: `0644` is octal, `1_000` a
 * thousand (docs/facts/kustomize.md#numbers).
 */
export const goInteger: typeof floatCoreTag = defineScalarTag('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'+-0123456789'],
  resolve: source => {
    const match = /^([-+]?)(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)$/.exec(source);
    if (match?.[2] === undefined) return NOT_RESOLVED;
    const digits = match[2].replaceAll('_', '').replace(/^0(?=[0-7])/, '0o');
    return match[1] === '-' ? -Number(digits) : Number(digits);
  },
  identify: () => false,
});

/** A manifest's scalars as kubectl reads them: `yes` is a boolean, a date is text. */
export const manifestSchema: Schema = CORE_SCHEMA.withTags(
  mergeTag,
  boolYaml11Tag,
  goInteger,
  binaryTag,
);

/** What a scalar without quotes may be besides text, in the order in which the schema asks. */
const TAGS = [nullCoreTag, boolYaml11Tag, goInteger, floatCoreTag];

/** How all that is no text begins, or is written: told at once, for speed. */
const MAY_BE_MORE = /^(?:[-+.~\d]|(?:null|true|false|yes|no|on|off|y|n)$)/i;

/** Up to this length most texts come again and again: each is kept once. */
const SHORT = 12;

/** The value of a scalar without quotes, as `manifestSchema` has it. */
export function manifestScalar(source: string): unknown {
  return source.length > SHORT ? scalarOf(source) : shortScalar(source);
}

const shortScalar = oncePerText(scalarOf);

function scalarOf(source: string): unknown {
  if (!MAY_BE_MORE.test(source)) return source;
  for (const { resolve, tagName } of TAGS) {
    const value = resolve(source, false, tagName);
    if (value !== NOT_RESOLVED) return value;
  }
  return source;
}

/** What a reason of the parser means, and what to do about it. */
interface Explanation {
  readonly reason: RegExp;
  readonly message: string;
  readonly hint: string;
  /** What stands from the line's beginning to the place, and behind it, when that tells more. */
  readonly before?: RegExp;
  readonly after?: RegExp;
  /** The parser stops behind what is wrong: point at the first word of the line. */
  readonly isAboutLine?: boolean;
}

const EXPLANATIONS: readonly Explanation[] = [
  {
    reason: /^tab characters/,
    message: 'a tab indents this line',
    hint: 'Indent with spaces.',
  },
  {
    reason: /^bad indentation of a mapping entry/,
    after: /^\s*:/,
    message: 'a colon stands in text without quotes',
    hint: 'Put the text in quotes, or mend the indentation of the line.',
  },
  {
    reason: /^bad indentation of a mapping entry/,
    after: /^[@`%]/,
    message: 'text cannot begin with this character',
    hint: 'Put the text in quotes.',
  },
  {
    reason: /^bad indentation of a mapping entry/,
    before: /\S/,
    message: 'this cannot stand behind what is before it',
    hint: 'Put the whole text in quotes, begin a new line, or remove what is too much.',
  },
  {
    reason: /^bad indentation/,
    message: 'this line is indented otherwise than its neighbours',
    hint: 'Entries of one map, and items of one list, begin in the same column.',
  },
  {
    reason: /^deficient indentation/,
    message: 'a quote or bracket above is still open, or this line is indented too little',
    hint: 'Close the quote, { or [ that is open, or indent this line further.',
  },
  {
    reason: /^expected ':' after a mapping key|^can not read a block mapping entry/,
    message: 'this line is no entry of the map around it',
    hint: 'Write "name: value" with a space after the colon, or "- value" with a space after the dash.',
    isAboutLine: true,
  },
  {
    reason: /^a whitespace character is expected after the key-value/,
    message: 'a space is missing after the colon',
    hint: 'Write "name: value".',
  },
  {
    reason: /^unknown escape sequence|^expected hexadecimal/,
    message: 'there is no such escape in double quotes',
    hint: 'Use single quotes, in which a backslash is a character like others, or write \\\\.',
  },
  {
    reason: /^unexpected end of the (stream|document) within a (single|double) quoted/,
    message: 'the file ends inside quotes',
    hint: 'Close the quote.',
  },
  {
    reason: /^unexpected end of the stream within a flow/,
    message: 'the file ends inside { or [',
    hint: 'Close the bracket.',
  },
  {
    reason: /^missed comma/,
    message: 'a comma is missing before this',
    hint: 'Separate entries by commas; text with , : { } [ or ] in it needs quotes.',
  },
  {
    reason: /^expected the node content/,
    message: 'a value is missing before this comma',
    hint: 'Write the value, or remove the comma.',
  },
  {
    reason: /tag/,
    message: 'a word that begins with ! is a tag, and this one is not known',
    hint: 'Put text that begins with ! in quotes.',
  },
  {
    reason: /^nesting exceeded/,
    message: 'values are nested more than 200 deep',
    hint: 'Take the nesting apart.',
  },
  {
    reason: /^end of the stream or a document separator/,
    message: 'this belongs to nothing that is open',
    hint: 'Check its indentation, and the brackets and quotes before it.',
  },
  {
    reason: /^the stream contains non-printable|^null byte|^expected valid JSON character/,
    message: 'there is a control character, which no text may hold',
    hint: 'Remove it, or write it as an escape in double quotes.',
  },
  {
    reason: /^can not read a document/,
    message: 'text cannot begin with this character',
    hint: 'Put the text in quotes.',
  },
];

/** Where the parser stopped, in words for people. The text is never quoted: it may be a secret. */
export function syntaxFault(error: unknown, text: string): Fault {
  if (!(error instanceof YAMLException)) throw error;
  const offset = Math.min(error.mark?.position ?? 0, text.length);
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  const found = EXPLANATIONS.find(
    ({ reason, before, after }) =>
      reason.test(error.reason) &&
      (before?.test(text.slice(line, offset)) ?? true) &&
      (after?.test(text.slice(offset, offset + 9)) ?? true),
  );
  const firstWord = line + Math.max(0, text.slice(line, offset + 1).search(/\S/));
  return {
    id: 'yaml-syntax',
    message: `not valid YAML: ${found?.message ?? withoutText(error.reason)}`,
    hint: found?.hint ?? 'Mend the YAML here or just before.',
    path: [],
    offset: found?.isAboutLine === true ? firstWord : offset,
  };
}

function withoutText(reason: string): string {
  return reason.replaceAll(/"[^"]{0,1000}"|<[^>]{0,1000}>/g, '…');
}
