import type { Level } from '../../../review/risks/risk-rule.ts';
import type { EnvironmentReview, Review } from '../review.ts';
import { blockers, isOpen } from '../verdict.ts';
import { noticesIn } from '../words.ts';
import { changeUnit, effectUnit } from './changes.ts';
import { code } from './escape.ts';
import type { Section, Step, Unit } from './fill.ts';
import {
  acknowledgedUnit,
  brokenUnit,
  findingUnit,
  groupUnits,
  noticeUnit,
  riskUnit,
  unusedUnit,
} from './risks.ts';
import { closed } from './words.ts';

/** The parts of the page, in their order. */
type Sections = Readonly<
  Record<
    | 'table'
    | 'blocking'
    | 'broken'
    | 'notices'
    | 'high'
    | 'warn'
    | 'findings'
    | 'acknowledged'
    | 'effects'
    | 'changes',
    Section
  >
>;

/** What is written first, and so left out last. */
export function stepsOf(sections: Sections): Step[] {
  const { table, broken, blocking, high, warn, findings } = sections;
  const { acknowledged, notices, effects, changes } = sections;
  return [
    { section: blocking },
    { section: broken },
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
    { section: changes },
    { section: changes, isDetails: true },
  ];
}

/** The parts of a page with so much room. */
export function sectionsOf(review: Review, room: number): Sections {
  const { environments, broken, findings, risks, unused, secrets, changes } = review;
  const acknowledged = risks.filter(risk => !isOpen(risk));
  const faults = [...noticesIn(review).others.map(noticeUnit), ...unused.map(unusedUnit)];
  return {
    table: tableOf(environments),
    blocking: blockingOf(review, room),
    broken: open('Not compared', 'sides that could not be read', broken.map(brokenUnit)),
    notices: open('Notices', 'notices', faults),
    high: risksOf(review, 'high', 'an outage is likely'),
    warn: risksOf(review, 'warn', 'something restarts or behaves differently'),
    findings: folded('New findings of lint', 'findings', findings.map(findingUnit)),
    acknowledged: folded('Acknowledged', 'acknowledged risks', acknowledged.map(acknowledgedUnit)),
    effects: folded('Secrets', 'Secrets', secrets.map(effectUnit)),
    changes: { ...folded('Changes', 'changes', changes.map(changeUnit)), details: 'field lists' },
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
  const units = risks.filter(risk => isOpen(risk) && risk.level === level).map(riskUnit);
  const title = `${level === 'high' ? 'High' : 'Warn'} (${units.length}): ${meaning}`;
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
    units: all.map(riskUnit),
    after: '\n',
  };
  const rest = room - section.before.length - section.after.length;
  const length = section.units.reduce((sum, { text }) => sum + text.length, 0);
  return length > rest ? { ...section, units: groupUnits(all, rest) } : section;
}

function tableOf(environments: readonly EnvironmentReview[]): Section {
  return {
    noun: 'environments',
    before:
      '| Environment | block | high | warn | added | removed | changed | same |\n| --- | --: | --: | --: | --: | --: | --: | --: |\n',
    units: environments.map(environment => ({ text: rowOf(environment) })),
    after: '\n',
  };
}

const PRESENCE = {
  both: '',
  'only head': ', new',
  'only base': ', removed',
  broken: ', not compared',
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
