import { YAMLException } from 'js-yaml';
import type { Fault } from '../core/finding.ts';

/** Why the parser stopped, in words for people. The text is never quoted: it may be a secret. */
export function syntaxFault(error: unknown, text: string): Fault {
  if (!(error instanceof YAMLException)) throw error;
  const offset = Math.min(error.mark?.position ?? 0, text.length);
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  const above = lineWithoutColon(text, line);
  if (above !== undefined && COLON_IN_TEXT.test(error.reason + text.slice(offset, offset + 1)))
    return { id: 'yaml-syntax', ...NO_ENTRY, path: [], offset: above };
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

const COLON_IN_TEXT = /^bad indentation of a mapping entry.*:$/s;

const NO_ENTRY = {
  message: 'not valid YAML: a colon is missing in this line',
  hint: 'Write "name: value" with a colon and a space.',
};

/** The place of the line above, where it is text without a colon in the column of this line: both are read as one text. */
function lineWithoutColon(text: string, line: number): number | undefined {
  const start = text.lastIndexOf('\n', line - 2) + 1;
  const [, indent = '', words] =
    /^( {0,200})([\w./-]{1,200} [^:#\n]{1,1000})$/.exec(text.slice(start, line - 1)) ?? [];
  const isBeside = text.startsWith(indent, line) && /^\S/.test(text.slice(line + indent.length));
  return line > 0 && words !== undefined && isBeside ? start + indent.length : undefined;
}

/** What a reason of the parser means, and what to do about it. */
interface Explanation {
  readonly reason: RegExp;
  readonly message: string;
  readonly hint: string;
  /** Match the line before the place, and the text behind it, where these tell more. */
  readonly before?: RegExp;
  readonly after?: RegExp;
  /** The parser stops behind the fault: point at the first word of the line. */
  readonly isAboutLine?: boolean;
}

const EXPLANATIONS: readonly Explanation[] = [
  { reason: /^tab characters/, message: 'a tab indents this line', hint: 'Indent with spaces.' },
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

function withoutText(reason: string): string {
  return reason.replaceAll(/"[^"]{0,1000}"|<[^>]{0,1000}>/g, '…');
}
