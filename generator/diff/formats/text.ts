import { type Line, written } from '../../report/document.ts';
import { firstAnd, oneLine } from '../../report/text.ts';
import { noteOf, type Review, type ShownField } from '../review.ts';
import { documentOf } from './document.ts';
import type { Entry } from './entries.ts';
import { valueLines } from './line-diff.ts';

/** A review for the terminal: what hurts first, then what changes. */
export function renderReviewText(whole: Review): string {
  const { review, headline, size, below, first, worst, environments, sections } = documentOf(whole);
  const parts = [
    [
      `${oneLine(review.base)} → ${oneLine(review.head)}: ${headline}; ${size}`,
      ...(below === '' ? [] : [`all below ${oneLine(below)}`]),
    ],
    first.flatMap(entryLines),
    worst.flatMap(entryLines).map((line, index) => `${index + 1}. ${line}`),
    environments.length === 0 ? [] : [`environments: ${textOf(environments)}`],
    ...sections.map(({ entries }) => entries.flatMap(entryLines)),
  ];
  const texts = parts.filter(lines => lines.length > 0).map(lines => lines.join('\n'));
  return `${texts.join('\n\n')}\n`;
}

const SIGNS = {
  ...{ added: '+', removed: '-', changed: '~', moved: '~', reordered: '~', replaced: '±' },
} as const;

function entryLines({ label, rule, what, lines, cases = [], details, fields = [] }: Entry) {
  const title = label === '' ? '' : `${label}: `;
  const before = what === undefined ? title : `${SIGNS[what]} `;
  const after = rule === undefined ? '' : ` [${oneLine(rule)}]`;
  const all = lines.map(line => `${before}${textOf(line)}${after}`);
  const most = what === 'changed' ? 8 : all.length;
  return [
    ...firstAnd(all, most, more => `${before}${more} more, in the same way`),
    ...cases.map(({ whole }) => `  ${textOf(whole)}`),
    ...details.map(line => `  ${textOf(line)}`),
    ...fields.flatMap(fieldLines),
  ];
}

function textOf(line: Line): string {
  const asItIs = (text: string): string => text;
  return oneLine(written(line, { words: asItIs, name: asItIs }));
}

function fieldLines(shown: ShownField): string[] {
  const { what, field } = shown;
  const note = noteOf(shown);
  if (note !== undefined) return [`    ~ ${oneLine(field)}: ${note}`];
  return [
    `    ${SIGNS[what]} ${oneLine(field)}`,
    ...valueLines(shown).map(({ sign, text }) => `      ${sign} ${oneLine(text)}`),
  ];
}
