import { type ShortReview, withShortNames } from '../below.ts';
import type { Review } from '../review.ts';
import { blockers, isBroken } from '../verdict.ts';
import { firstNotices, levelsText, objectsText, unreadText } from '../words.ts';
import { code, prose } from './escape.ts';
import { type Filled, fill } from './fill.ts';
import { sectionsOf, stepsOf } from './sections.ts';

/** By this line a comment is found again, and brought up to date in its place. */
const MARKER = '<!-- rem-secrets -->';

/** GitHub takes 65,536 characters (docs/facts/review.md#comments); who posts it may add some. */
const MOST = 60_000;

/** Room for the sentence that says what is left out. */
const LEFT_OUT = 600;

/**
 * A review as the comment of a pull request, never longer than a comment may be. Blockers are
 * always in it: what does not fit goes whole, the least important first, and is counted.
 */
export function renderReviewMarkdown(whole: Review): string {
  const short = withShortNames(whole);
  const { review } = short;
  const [head, foot] = [headOf(short), footOf(review)];
  const room = MOST - LEFT_OUT - head.length - foot.length;
  const sections = sectionsOf(review, room);
  const filled = fill(stepsOf(sections), room);
  const body = Object.values(sections).map(filled.textOf);
  return `${[head, ...body, leftOut(filled), foot].join('').trimEnd()}\n`;
}

function headOf({ review, below }: ShortReview): string {
  const summary = `${levelsText(review)}; ${objectsText(review)}`;
  const where = below === '' ? '' : ` All below ${code(below)}.`;
  return [
    MARKER,
    `### rem-secrets: ${verdictOf(review)}`,
    '',
    ...firstNotices(review).map(
      ({ message, hint = '' }) => `**${prose(message)}.** ${prose(hint)}\n`,
    ),
    `${code(review.base)} → ${code(review.head)}: ${summary}.${where}`,
    '',
    '',
  ].join('\n');
}

function verdictOf(review: Review): string {
  const count = blockers(review).length;
  const found = count === 0 ? 'nothing blocks' : `${count} ${count === 1 ? 'blocker' : 'blockers'}`;
  if (!isBroken(review)) return found;
  const unread = unreadText(review) || 'not everything could be read';
  return count === 0 ? unread : `${found}, and ${unread}`;
}

function footOf({ unseen }: Review): string {
  const lines = unseen.map(text => `- ${prose(text)}\n`).join('');
  return `<details><summary>Not seen</summary>\n\n${lines}\n</details>\n\n<sub><code>rem-secrets diff --explain RULE</code> tells what a rule means.</sub>\n`;
}

function leftOut({ left }: Filled): string {
  if (left.length === 0) return '';
  const counts = left.map(({ noun, count }) => `${count} ${noun}`).join(', ');
  return `**Left out, for a comment holds no more:** ${counts}. The HTML report has everything.\n\n`;
}
