import type { Finding } from '../../source/finding.ts';
import { hideSecrets } from '../../source/secret-text.ts';
import { oneLine } from '../one-line.ts';

/** How much of a long line is shown. */
const WIDTH = 100;

/** Fields whose values, or parts of them, are written out by people and may be secret. */
const TEXTS =
  /(^|\.)(value|data|stringData|args|command|template|config|bootstrap|literals|annotations)(\b|\[|$)/;

/** A line of a file and the column that a finding points at, both from 1. */
export interface Excerpt {
  readonly text: string;
  readonly column: number;
}

/**
 * The line that a finding points at. Its value shows when the message names it, because messages
 * hold only names; of a field that may hold a secret nothing else does.
 */
export function excerptOf(finding: Finding, line: string): Excerpt {
  const { at, message, hint = '', field, object } = finding;
  const start = (at?.column ?? 1) - 1;
  const mayBeSecret = object?.kind === 'Secret' || TEXTS.test(field);
  const shown = mayBeSecret ? withoutValues(line, `${message} ${hint}`) : hideSecrets(line);
  return window(shown.trimEnd(), Math.min(start, shown.length));
}

/** The line with `…` for every value that the message does not name. */
function withoutValues(line: string, named: string): string {
  const [, key = '', value = ''] = /^(\s*(?:- +)*(?:[\w./-]+:(?:\s+|$))?)(.*)$/.exec(line) ?? [];
  const bare = value.replace(/\s+#.*$/, '').replace(/^(["'])(.*)\1\s*$/, '$2');
  const isNamed = bare === '' || named.includes(`"${bare.trim()}"`);
  const isSign = /^[|>&][-+\w]*$/.test(bare);
  return isNamed || isSign ? line : `${key}…`;
}

/** The part of a long line around the column. */
function window(line: string, start: number): Excerpt {
  const from = line.length <= WIDTH || start < WIDTH * 0.8 ? 0 : start - 20;
  const part = line.slice(from, from + WIDTH);
  const [before, after] = [from > 0 ? '…' : '', from + WIDTH < line.length ? '…' : ''];
  const head = oneLine(`${before}${line.slice(from, start)}`.replaceAll('\t', ' '));
  const text = oneLine(`${before}${part}${after}`.replaceAll('\t', ' '));
  return { text, column: [...head].length + 1 };
}
