import { code, prose } from '../../report/markdown.ts';
import {
  blockers,
  type EnvironmentReview,
  firstNotices,
  isBroken,
  isOpen,
  type Review,
  toldNotices,
} from '../review.ts';
import type { Level } from '../risk.ts';
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
  unusedUnit,
} from './markdown-parts.ts';
import {
  levelsText,
  objectsText,
  quietText,
  type ToldEnvironments,
  toldEnvironments,
  unreadText,
  unreadUnits,
} from './words.ts';

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

/** The parts of the page, in their order. */
type Sections = Readonly<
  Record<
    | 'table'
    | 'blocking'
    | 'notices'
    | 'high'
    | 'warn'
    | 'findings'
    | 'acknowledged'
    | 'unread'
    | 'effects'
    | 'calls'
    | 'changes',
    Section
  >
>;

/** The parts of a page with so much room. */
function sectionsOf(review: Review, room: number): Sections {
  const { findings, risks, unused, secrets, awsCalls, changes } = review;
  const acknowledged = risks.filter(risk => !isOpen(risk));
  const unread = unreadUnits(review);
  const faults = [...toldNotices(review).map(noticeUnit), ...unused.map(unusedUnit)];
  return {
    table: tableOf(toldEnvironments(review)),
    blocking: blockingOf(review, room),
    notices: open('Notices', 'notices', faults),
    high: risksOf(review, 'high', 'an outage is likely'),
    warn: risksOf(review, 'warn', 'something restarts or behaves differently'),
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

/** A part that is open, or closed at first; its title counts what it has, on the page or not. */
function open(title: string, noun: string, units: readonly Unit[]): Section {
  return { noun, before: `#### ${title} (${units.length})\n\n`, units, after: '\n' };
}

function folded(title: string, noun: string, units: readonly Unit[]): Section {
  return { noun, units, ...closed(`${title} (${units.length})`) };
}

function risksOf({ risks }: Review, level: Level, meaning: string): Section {
  const own = risks.filter(risk => isOpen(risk) && risk.level === level);
  const units = riskUnits(own);
  const title = `${level === 'high' ? 'High' : 'Warn'} (${own.length}): ${meaning}`;
  return { noun: `${level} risks`, details: `details of ${level} risks`, units, ...closed(title) };
}

/** Each blocker on a line; where that is too much, each rule, with as many names as fit. */
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

function tableOf(environments: ToldEnvironments): Section {
  const quiet = quietText(environments);
  return {
    noun: 'environments',
    before:
      '| Environment | block | high | warn | added | removed | changed | same |\n| --- | --: | --: | --: | --: | --: | --: | --: |\n',
    units: environments.told.map(environment => ({ text: rowOf(environment) })),
    after: quiet === '' ? '\n' : `\n${quiet}.\n\n`,
  };
}

const PRESENCE = {
  both: '',
  'only head': ', new',
  'only base': ', removed',
  broken: ', not read',
} as const;

function rowOf({
  name,
  presence,
  risks,
  added,
  removed,
  changed,
  noise,
}: EnvironmentReview): string {
  const title = `${name === '' ? 'manifests' : code(name)}${PRESENCE[presence]}`;
  const { block, high, warn } = risks;
  const counts =
    presence === 'broken'
      ? Array(7).fill('–')
      : [block, high, warn, added, removed, changed, noise];
  return `| ${[title, ...counts].join(' | ')} |\n`;
}

/** What is written first, and so left out last. */
function stepsOf(sections: Sections): Step[] {
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

/** Whether the units of a section come next, or their details. */
interface Step {
  readonly section: Section;
  readonly isDetails?: boolean;
}

/** What is on the page: each section's text, and how much of which kind is left out. */
interface Filled {
  readonly textOf: (section: Section) => string;
  readonly left: readonly { readonly noun: string; readonly count: number }[];
}

/**
 * Fills a page of so many characters, the most important first. Where something of a step does not
 * fit, nothing of the steps after it is taken.
 */
export function fill(steps: readonly Step[], room: number): Filled {
  const taken = new Map<Section, Taken>(steps.map(({ section }) => [section, new Map()]));
  const left: Filled['left'][number][] = [];
  let rest = room;
  for (const { section, isDetails = false } of steps) {
    const own = taken.get(section) ?? new Map();
    const wanted = isDetails ? detailsOf(section, own) : textsOf(section);
    const missing = wanted.filter(([index, text]) => {
      const cost = text.length - (own.get(index)?.length ?? 0) + frameOf(section, own);
      if (left.length > 0 || cost > rest) return true;
      own.set(index, text);
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

/** What the first unit brings with it. */
function frameOf({ before, after }: Section, taken: Taken): number {
  return taken.size === 0 ? before.length + after.length : 0;
}

function textsOf({ units }: Section): [number, string][] {
  return units.map(({ text }, index) => [index, text]);
}

/** Details of what is not on the page are not asked for. */
function detailsOf({ units }: Section, taken: Taken): [number, string][] {
  return units.flatMap(({ full }, index): [number, string][] =>
    full === undefined || !taken.has(index) ? [] : [[index, full]],
  );
}

function render({ before, after }: Section, taken: Taken = new Map()): string {
  if (taken.size === 0) return '';
  const texts = [...taken].sort(([a], [b]) => a - b).map(([, text]) => text);
  return `${before}${texts.join('')}${after}`;
}
