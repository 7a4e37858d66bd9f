import { code, prose } from '../../report/markdown.ts';
import { capital } from '../../report/text.ts';
import {
  blockers,
  type EnvironmentReview,
  firstNotices,
  isBroken,
  isOpen,
  otherNotices,
  type Review,
} from '../review.ts';
import { bundlesOf, type ShortReview, withShortNames } from './groups.ts';
import {
  acknowledgedUnit,
  bundleUnit,
  callsUnit,
  closed,
  effectUnit,
  findingUnit,
  groupUnits,
  noticeUnit,
  riskUnits,
  type Section,
  type Unit,
  unreadUnit,
} from './markdown-parts.ts';
import {
  blockText,
  brokenText,
  levelsText,
  MEANING,
  objectsText,
  PRESENCE,
  quietText,
  shownEnvironments,
  unreadUnits,
  unusedFinding,
} from './words.ts';

/** By this line a comment is found again and updated. */
const MARKER = '<!-- rem-secrets -->';

/** GitHub takes 65,536 characters (docs/facts/review.md#comments), and whoever posts it may add some. */
const MOST = 60_000;

/** Room for the sentence that says what is left out. */
const LEFT_OUT = 600;

/**
 * A review as the comment of a pull request, never longer than a comment may be. What does not fit is left out and
 * counted, the least important first. Blockers are always in it.
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
  if (isBroken(review)) return brokenText(review);
  return blockText(review) || 'nothing blocks';
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

/** The parts of the page, in their order. */
function sectionsOf(review: Review, room: number) {
  const { findings, risks, unused, secrets, awsCalls, changes } = review;
  const acknowledged = risks.filter(risk => !isOpen(risk));
  const unread = unreadUnits(review);
  const faults = [...otherNotices(review), ...unused.map(unusedFinding)].map(noticeUnit);
  return {
    table: tableOf(review),
    blocking: blockingOf(review, room),
    notices: open('Notices', 'notices', faults),
    high: risksOf(review, 'high'),
    warn: risksOf(review, 'warn'),
    findings: folded('New findings of lint', 'findings', findings.map(findingUnit)),
    acknowledged: folded('Acknowledged', 'acknowledged risks', acknowledged.map(acknowledgedUnit)),
    unread: open('Not read, and not compared', 'units not read', unread.map(unreadUnit)),
    effects: folded('Secrets', 'Secrets', secrets.map(effectUnit)),
    calls: folded('Calls of AWS', 'environments with calls of AWS', awsCalls.map(callsUnit)),
    changes: {
      ...folded('Changes', 'changes', bundlesOf(changes).map(bundleUnit)),
      details: 'field lists',
    },
  };
}

/** A section that is open. Its title counts all units, on the page or not. */
function open(title: string, noun: string, units: readonly Unit[]): Section {
  return { noun, before: `#### ${title} (${units.length})\n\n`, units, after: '\n' };
}

/** A section that is closed at first. */
function folded(title: string, noun: string, units: readonly Unit[]): Section {
  return { noun, units, ...closed(`${title} (${units.length})`) };
}

function risksOf({ risks }: Review, level: keyof typeof MEANING): Section {
  const ofLevel = risks.filter(risk => isOpen(risk) && risk.level === level);
  const units = riskUnits(ofLevel);
  const title = `${capital(level)} (${ofLevel.length}): ${MEANING[level]}`;
  return { noun: `${level} risks`, details: `details of ${level} risks`, units, ...closed(title) };
}

/** Each blocker on a line. If they are too many, each rule on a line with as many names as fit. */
function blockingOf(review: Review, room: number): Section {
  const all = blockers(review);
  const title = `Blockers (${all.length}): data is lost, or the apply is rejected`;
  const section: Section = {
    noun: 'blockers',
    details: 'details of blockers',
    before: `#### ${title}\n\n`,
    units: riskUnits(all),
    after: '\n',
  };
  const rest = room - section.before.length - section.after.length;
  const length = section.units.reduce((sum, { text }) => sum + text.length, 0);
  return length > rest ? { ...section, units: groupUnits(all, rest) } : section;
}

function tableOf(review: Review): Section {
  const quiet = quietText(review);
  return {
    noun: 'environments',
    before:
      '| Environment | block | high | warn | added | removed | changed | same |\n| --- | --: | --: | --: | --: | --: | --: | --: |\n',
    units: shownEnvironments(review).map(environment => ({ text: rowOf(environment) })),
    after: quiet === '' ? '\n' : `\n${quiet}.\n\n`,
  };
}

function rowOf(environment: EnvironmentReview): string {
  const { name, presence, risks, added, removed, changed, noise } = environment;
  const note = presence === 'both' ? '' : `, ${PRESENCE[presence]}`;
  const title = `${name === '' ? 'manifests' : code(name)}${note}`;
  const { block, high, warn } = risks;
  const counts =
    presence === 'broken'
      ? Array(7).fill('–')
      : [block, high, warn, added, removed, changed, noise];
  return `| ${[title, ...counts].join(' | ')} |\n`;
}

/** The most important first: it is left out last. */
function stepsOf(sections: ReturnType<typeof sectionsOf>): Step[] {
  const { table, unread, blocking, high, warn, findings } = sections;
  const { acknowledged, notices, effects, calls, changes } = sections;
  return [
    { section: blocking },
    { section: unread },
    { section: blocking, isDetails: true },
    { section: table },
    { section: notices },
    { section: acknowledged },
    { section: high },
    { section: high, isDetails: true },
    { section: findings },
    { section: warn },
    { section: warn, isDetails: true },
    { section: effects },
    { section: calls },
    { section: changes },
    { section: changes, isDetails: true },
  ];
}

/** The units of a section, or their details. */
interface Step {
  readonly section: Section;
  readonly isDetails?: boolean;
}

/** The text of each section, and how much is left out. */
interface Filled {
  readonly textOf: (section: Section) => string;
  readonly left: readonly { readonly noun: string; readonly count: number }[];
}

/** Fills a page of so many characters. If something of a step does not fit, the steps after it are left out. */
export function fill(steps: readonly Step[], room: number): Filled {
  const taken = new Map<Section, Taken>(steps.map(({ section }) => [section, new Map()]));
  const left: Filled['left'][number][] = [];
  let rest = room;
  for (const { section, isDetails = false } of steps) {
    const texts = taken.get(section) ?? new Map<number, string>();
    const missing = textsOf(section, isDetails ? texts : undefined).filter(([index, text]) => {
      const frame = texts.size === 0 ? section.before.length + section.after.length : 0;
      const cost = text.length - (texts.get(index)?.length ?? 0) + frame;
      if (left.length > 0 || cost > rest) return true;
      texts.set(index, text);
      rest -= cost;
      return false;
    });
    const noun = isDetails ? (section.details ?? '') : section.noun;
    const count = missing.reduce((sum, [index]) => sum + (section.units[index]?.count ?? 1), 0);
    if (missing.length > 0) left.push({ noun, count });
  }
  return { textOf: section => render(section, taken.get(section)), left };
}

/** The texts on the page, by the index of their unit. */
type Taken = Map<number, string>;

/** The units of a section, or with details those that are on the page and have some. */
function textsOf({ units }: Section, taken: Taken | undefined): [number, string][] {
  return units.flatMap(({ text, full }, index): [number, string][] => {
    if (taken === undefined) return [[index, text]];
    return full === undefined || !taken.has(index) ? [] : [[index, full]];
  });
}

function render({ before, after }: Section, taken: Taken = new Map()): string {
  if (taken.size === 0) return '';
  const texts = [...taken].sort(([a], [b]) => a - b).map(([, text]) => text);
  return `${before}${texts.join('')}${after}`;
}
