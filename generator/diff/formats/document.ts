import { groupBy, sortBy, sum } from '../../core/json.ts';
import { oncePer } from '../../core/once.ts';
import type { Line } from '../../report/document.ts';
import { counted, firstAnd, someOf } from '../../report/text.ts';
import type { EnvironmentReview, NewFinding, Review, ReviewedRisk } from '../review.ts';
import {
  blockers,
  isBroken,
  isFirst,
  isOpen,
  isWhole,
  newErrors,
  otherNotices,
  placeOf,
  shownEnvironments,
  unitText,
} from '../review.ts';
import { inWords, LEVELS, type Level } from '../risk.ts';
import type { Entry, Section } from './entries.ts';
import {
  inEnvironments,
  named,
  noticeEntry,
  openRisks,
  riskGroups,
  sectionsOf,
  unreadEntries,
  withShortNames,
} from './entries.ts';

export interface ReviewDocument {
  readonly review: Review;
  readonly tone: Level | 'ok';
  readonly headline: string;
  readonly size: string;
  /** The folder that all environments are in, which their names leave out. Empty if it is short, or there is none. */
  readonly below: string;
  /** Notices that the tree in Git is not what its spec makes. They come first, as the rest is about that tree. */
  readonly first: readonly Entry[];
  readonly worst: readonly Entry[];
  readonly environments: Line;
  readonly sections: readonly Section[];
}

export const MEANING: Readonly<Record<string, string>> = {
  block: 'data is lost, or the apply is rejected',
  high: 'an outage is likely',
  warn: 'something restarts or behaves differently',
};

export function documentOf(whole: Review): ReviewDocument {
  const risks = sortBy(whole.risks, ({ level, keepsData = false }) =>
    [LEVELS.indexOf(level), keepsData ? 0 : 1].join(),
  );
  const { review, below } = withShortNames({ ...whole, risks });
  return {
    review,
    tone: toneOf(review),
    headline: headlineOf(review),
    size: sizeOf(review),
    below,
    first: review.notices.filter(isFirst).map(noticeEntry),
    worst: worstOf(review),
    environments: environmentsOf(review),
    sections: sectionsOf(review),
  };
}

function headlineOf(review: Review): string {
  const counts = levelsText(review);
  const { length } = unreadEntries(review);
  const unit = `${counted(length, 'environment')} ${length === 1 ? 'was' : 'were'} not read`;
  const unread = length === 0 ? 'not everything could be read' : unit;
  if (isBroken(review)) return counts === '' ? unread : `${counts}, and ${unread}`;
  const isBlocked = blockers(review).length + newErrors(review).length > 0;
  if (counts !== '') return isBlocked ? counts : `nothing blocks: ${counts}`;
  return isWhole(review) ? 'no risks' : 'no risks in what was read';
}

function toneOf(review: Review): ReviewDocument['tone'] {
  if (isBroken(review) || newErrors(review).length > 0) return 'block';
  const [worst] = review.risks.filter(isOpen);
  return worst?.level ?? (review.findings.length > 0 ? 'warn' : 'ok');
}

const LARGE = 100;

function sizeOf(review: Review): string {
  const counts = (['added', 'removed', 'changed', 'replaced'] as const).map(what => {
    const groups = review.changes.filter(group => group.what === what);
    return [sum(groups.map(({ objects }) => objects.length)), what] as const;
  });
  const total = sum(counts.map(([count]) => count));
  const changed = countsText(counts) || 'no object changes';
  const noise = sum(review.environments.map(environment => environment.noise));
  const large = total < LARGE ? '' : `: a large change, of ${total} objects`;
  return changed + large + (noise > 0 ? `; ${noise} written differently and the same` : '');
}

const WORST = 3;

function worstOf(review: Review): Entry[] {
  const ofLevel = (level: Level): Entry[] =>
    riskGroups(openRisks(review, level)).map(({ risks: [risk, ...alike] }) => {
      const more = alike.length === 0 ? [] : [`, and so it is with ${alike.length} more`];
      const line = [risk.message, ...readersOf(risk, review), ...more, ...inEnvironments(risk)];
      return worstEntry(level, line, placeOf(risk));
    });
  const faults = otherNotices(review).filter(({ severity }) => severity === 'error');
  return [
    ...ofLevel('block'),
    ...newErrors(review).map(finding =>
      worstEntry('new error', [finding.message, ...inEnvironments(finding)], placeOf(finding)),
    ),
    ...unreadEntries(review).map(({ lines, place }) => worstEntry('not read', lines.flat(), place)),
    ...faults.map(noticeEntry).map(fault => ({ ...fault, details: [] })),
    ...ofLevel('high'),
  ].slice(0, WORST);
}

function worstEntry(label: string, line: Line, place: string): Entry {
  const at = place === '' ? [] : [', ', named(place)];
  return { label, lines: [[...line, ...at]], details: [], count: 1 };
}

function readersOf({ object, message, environments }: ReviewedRisk, { secrets }: Review): Line {
  const made = (effectsByMaker(secrets).get(`${object.kind} ${object.name}`) ?? [])
    .map(({ effect }) => effect)
    .filter(effect => effect.environments.some(name => environments.includes(name)));
  // A Secret that head lacks has no readers there: with readers head would have it, as missing.
  const readers = made.flatMap(({ head }) => head?.readers ?? []);
  const names = [...new Set(readers.map(({ kind, name }) => `${kind} "${name}"`))];
  if (names.length === 0 || names.some(name => message.includes(name))) return [];
  const subject = made.length === 1 ? 'its Secret is' : 'its Secrets are';
  return [`; ${subject} read by ${inWords(someOf(names, 2))}`];
}

const effectsByMaker = oncePer((effects: Review['secrets']) =>
  groupBy(
    effects.flatMap(effect => {
      const makers = [...(effect.base?.makers ?? []), ...(effect.head?.makers ?? [])];
      const ids = new Set(makers.map(({ kind, name }) => `${kind} ${name}`));
      return [...ids].map(id => ({ id, effect }));
    }),
    ({ id }) => id,
  ),
);

const NAMED = 4;

function environmentsOf(review: Review): Line {
  const all = shownEnvironments(review);
  if (all.every(({ name }) => name === '')) return [];
  const shown = sortBy(all, environment => keyOf(environment, review)).map((environment): Line => {
    const { name, presence } = environment;
    const note = [PRESENCE[presence], levelsText(review, environment)].filter(Boolean).join('; ');
    return [', ', named(unitText(name)), note && ` (${note})`];
  });
  const quiet = review.environments.length - all.length;
  const listed = firstAnd(shown, NAMED, more => [`, and ${more} more`]).flat();
  return [...listed.slice(1), quiet === 0 ? '' : `; ${quiet} without changes`];
}

const PRESENCE = { both: '', 'only head': 'new', 'only base': 'removed', broken: 'not read' };

function keyOf({ name, presence, risks }: EnvironmentReview, review: Review): string {
  const errors = newErrors(review).filter(({ environments }) => environments.includes(name)).length;
  const counts = [risks.block, presence === 'broken' ? 1 : 0, errors, risks.high, risks.warn];
  return counts.map(count => 1_999_999 - count).join();
}

function levelsText(review: Review, environment?: EnvironmentReview): string {
  const isIn = ({ environments }: NewFinding): boolean =>
    environment === undefined || environments.includes(environment.name);
  const open = review.risks.filter(risk => isOpen(risk) && isIn(risk));
  const [block = 0, high = 0, warn = 0] = LEVELS.map(
    level => open.filter(risk => risk.level === level).length,
  );
  const errors = newErrors(review).filter(isIn).length;
  const warnings = review.findings.filter(isIn).length - errors;
  return countsText([
    [block, block === 1 ? 'blocker' : 'blockers'],
    [errors, errors === 1 ? 'new error' : 'new errors'],
    [high, 'high'],
    [warn, 'warn'],
    [warnings, warnings === 1 ? 'new warning' : 'new warnings'],
  ]);
}

function countsText(counts: readonly (readonly [count: number, word: string])[]): string {
  const some = counts.filter(([count]) => count > 0);
  return some.map(([count, word]) => `${count} ${word}`).join(', ');
}
