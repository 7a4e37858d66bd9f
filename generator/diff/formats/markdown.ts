import { groupBy } from '../../core/json.ts';
import { code, diffBlock, type Line, prose, written } from '../../report/document.ts';
import type { Shown } from '../../report/finding.ts';
import { shortened } from '../../report/text.ts';
import { blockers, noteOf, type Review, type ShownField, shownObject } from '../review.ts';
import { documentOf, MEANING, type ReviewDocument } from './document.ts';
import { type Entry, inEnvironments, NOT_SEEN, named, type Section } from './entries.ts';
import { linesOf, valueLines } from './line-diff.ts';

/** The line by which a later run finds its comment, to update it. */
const MARKER = '<!-- rem-secrets -->';

/** GitHub takes 65,536 characters (docs/facts/review.md#comments), and whoever posts it may add some. */
const MOST = 60_000;

const LEFT_OUT = 1_000;

/** A review as a pull request's comment, cut from its end to fit; blockers always stay. `page`: where all of it is. */
export function renderReviewMarkdown(whole: Review, { page }: Pick<Shown, 'page'> = {}): string {
  const document = documentOf(whole);
  const head = headOf(document);
  const budget = MOST - LEFT_OUT - head.length - FOOT.length;
  const parts = document.sections.map(section => partOf(section, document.review, budget));
  const { texts, left } = fill(parts, budget);
  return `${[head, ...texts, leftOut(left, page), FOOT].join('').trimEnd()}\n`;
}

const FOOT = '<sub><code>rem-secrets diff --explain RULE</code> tells what a rule means.</sub>\n';

function headOf({ review, headline, size, below, first, worst, environments }: ReviewDocument) {
  const where = below === '' ? '' : ` All below ${code(below)}.`;
  const { base, head } = review;
  return [
    MARKER,
    `### rem-secrets: ${headline}`,
    '',
    `${code(base)} → ${code(head)}: ${size}.${where}`,
    '',
    ...first.flatMap(({ lines, details }) => [
      `**${markdownOf(lines.flat())}** ${markdownOf(details.flat())}`,
      '',
    ]),
    ...worst.map(
      ({ label, lines }, index) =>
        `${index + 1}. ${label === '' ? '' : `**${label}**: `}${markdownOf(lines.flat())}`,
    ),
    ...(worst.length === 0 ? [] : ['']),
    ...(environments.length === 0 ? [] : [`Environments: ${markdownOf(environments)}.`, '']),
    '',
  ].join('\n');
}

function leftOut(left: Filled['left'], page: string | undefined): string {
  if (left.length === 0) return '';
  const counts = left.map(({ noun, count }) => `${count} ${noun}`).join(', ');
  const where =
    page === undefined
      ? '<code>review.html</code>, which <code>--reports</code> writes beside this, has everything'
      : `[The page review.html](${page}) has everything`;
  return `**Left out, for a comment holds no more:** ${counts}. ${where}.\n\n`;
}

export interface Part {
  readonly noun: string;
  readonly before: string;
  readonly units: readonly Unit[];
  readonly after: string;
}

interface Unit {
  readonly text: string;
  readonly full?: string;
  readonly count: number;
}

const LABELLED: readonly string[] = ['acknowledged', 'versions', 'unseen'];

function partOf(section: Section, review: Review, budget: number): Part {
  const { id, title, noun, count, isFolded, entries } = section;
  const meaning = MEANING[id];
  const whole = `${title} (${count})${meaning === undefined ? '' : `: ${meaning}`}`;
  const frame = isFolded ? closed(whole) : { before: `#### ${whole}\n\n`, after: '\n' };
  const units = entries.map(entry => unitOf(entry, LABELLED.includes(id)));
  const rest = budget - frame.before.length - frame.after.length;
  const length = units.reduce((total, { text }) => total + text.length, 0);
  const isTooLong = id === 'block' && length > rest;
  return { noun, ...frame, units: isTooLong ? groupUnits(blockers(review), rest) : units };
}

function closed(title: string) {
  return { before: `<details><summary>${title}</summary>\n\n`, after: '\n</details>\n\n' };
}

function unitOf(entry: Entry, isLabelled: boolean): Unit {
  const { label, rule, what, lines, cases = [], details, count } = entry;
  if (what !== undefined) return changeUnit(entry);
  const before = isLabelled && label !== '' && label !== NOT_SEEN ? `${label}: ` : '';
  const name = rule === undefined ? '' : `**${code(rule)}** `;
  const line = `- ${before}${name}${markdownOf(lines.flat())}\n`;
  const below = (all: readonly Line[]) => all.map(text => `  - ${markdownOf(text)}\n`).join('');
  return {
    text: line + below(cases.map(({ line: subject }) => subject)),
    full: line + below([...cases.map(({ whole }) => whole), ...details]),
    count,
  };
}

function changeUnit({ what = 'changed', lines, fields, manifests, count }: Entry): Unit {
  const all = lines.map(markdownOf);
  const line = `${what} ${(what === 'removed' ? all : shortened(all)).join('; ')}`;
  const text = `${line}\n\n`;
  const { before, after } = closed(line);
  if (fields !== undefined) {
    const block = diffBlock(fields.flatMap(fieldLines));
    return { text, count, full: `${before}${block}${after}` };
  }
  if (manifests === undefined) return { text, count };
  const blocks = manifests().map(object => diffBlock(linesOf(object).map(added => `+ ${added}`)));
  return { text, count, full: `${before}${blocks.join('\n')}${after}` };
}

function markdownOf(line: Line): string {
  return written(line, { words: prose, name: code });
}

function fieldLines(shown: ShownField): string[] {
  const title = `@@ ${shown.field} @@`;
  const note = noteOf(shown);
  if (note !== undefined) return [`${title} ${note}`];
  const lines = valueLines(shown);
  const textOf = ({ sign, text }: (typeof lines)[number]) =>
    sign === '…' ? `@@ ${text} @@` : `${sign} ${text}`;
  return [title, ...lines.map(textOf)];
}

type Risks = ReturnType<typeof blockers>;

function groupUnits(risks: Risks, budget: number): Unit[] {
  const groups = groupBy(risks, ({ rule }) => rule);
  const share = Math.floor(budget / groups.size);
  return [...groups].map(([rule, group]) => {
    return { text: groupText(rule, group, share), count: group.length };
  });
}

function groupText(rule: string, risks: Risks, budget: number): string {
  let text = `- **${code(rule)}**, ${risks.length}: `;
  const last = `and ${risks.length} more\n`;
  for (const [index, risk] of risks.entries()) {
    const name = `${markdownOf([named(shownObject(risk)), ...inEnvironments(risk)])}, `;
    if (text.length + name.length + last.length > budget)
      return `${text}and ${risks.length - index} more\n`;
    text += name;
  }
  return `${text.slice(0, -2)}\n`;
}

interface Filled {
  readonly texts: readonly string[];
  readonly left: readonly { readonly noun: string; readonly count: number }[];
}

/** Fills a page: part by part, first its lines, then what is below them. After what does not fit nothing comes. */
export function fill(parts: readonly Part[], budget: number): Filled {
  const left: Filled['left'][number][] = [];
  let [rest, isFull] = [budget, false];
  const texts = parts.map(({ noun, before, units, after }) => {
    let frame = before.length + after.length;
    const fits = (length: number): boolean => {
      isFull ||= length + frame > rest;
      if (isFull) return false;
      rest -= length + frame;
      frame = 0;
      return true;
    };
    const leave = (what: string, all: readonly Unit[]): void => {
      const count = all.reduce((total, unit) => total + unit.count, 0);
      if (count > 0) left.push({ noun: what, count });
    };
    const lines = units.filter(({ text }) => fits(text.length));
    leave(noun, units.slice(lines.length));
    const opened = [...lines.entries()].filter(([, { full }]) => full !== undefined);
    const whole = new Map(
      opened.filter(([, { text, full = '' }]) => fits(full.length - text.length)),
    );
    const closed = opened.slice(whole.size).map(([, unit]) => unit);
    leave(`details of ${noun}`, closed);
    const shown = lines.map(({ text }, index) => whole.get(index)?.full ?? text);
    return lines.length === 0 ? '' : [before, ...shown, after].join('');
  });
  return { texts, left };
}
