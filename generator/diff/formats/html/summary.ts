import type { Finding } from '../../../core/finding.ts';
import { sortBy } from '../../../core/json.ts';
import { capital, counted, oneLine } from '../../../report/text.ts';
import {
  blockers,
  type EnvironmentReview,
  isBroken,
  isOpen,
  isWhole,
  type Review,
} from '../../review.ts';
import { LEVELS, type Level } from '../../risk.ts';
import { toldEnvironments, unreadText } from '../words.ts';
import type { FilterLevel } from './filter-tags.ts';

/** How a review ends, in one sentence. */
export interface Verdict {
  readonly tone: Level | 'ok';
  readonly text: string;
  readonly detail: string;
}

/** What a reader looks for first: whether something keeps the change from being merged. */
export function verdictOf(review: Review): Verdict {
  const open = review.risks.filter(isOpen);
  const detail = detailOf(review);
  const blocking = blockers(review).length;
  if (isBroken(review)) return { tone: 'block', text: brokenText(review, blocking), detail };
  if (blocking > 0)
    return { tone: 'block', text: `${counted(blocking, 'blocker')} in this change`, detail };
  const [first] = open;
  if (first !== undefined)
    return { tone: first.level, text: `No blocker, ${counted(open.length, 'risk')}`, detail };
  if (review.findings.length > 0)
    return {
      tone: 'warn',
      text: `No risk, ${counted(review.findings.length, 'new finding')}`,
      detail,
    };
  const text = review.changes.length > 0 ? 'No risk found' : 'Nothing changes';
  return { tone: 'ok', text: isWhole(review) ? text : `${text} in what was read`, detail };
}

function brokenText(review: Review, blocking: number): string {
  const unread = unreadText(review) || 'not everything could be read';
  return blocking === 0 ? capital(unread) : `${counted(blocking, 'blocker')}, and ${unread}`;
}

function detailOf({ environments }: Review): string {
  const sum = (field: 'added' | 'removed' | 'changed' | 'noise'): number =>
    environments.reduce((total, environment) => total + environment[field], 0);
  const counts = (['added', 'removed', 'changed'] as const)
    .filter(field => sum(field) > 0)
    .map(field => `${sum(field)} ${field}`);
  const noise = sum('noise');
  const touched = environments.filter(
    ({ added, removed, changed }) => added + removed + changed > 0,
  );
  return [
    counts.length === 0
      ? 'Both sides render the same objects.'
      : `Objects: ${counts.join(', ')}, in ${counted(touched.length, 'environment')}.`,
    ...(noise === 0
      ? []
      : [
          `${counted(noise, 'object')} more ${noise === 1 ? 'is' : 'are'} written differently and ${noise === 1 ? 'means' : 'mean'} the same.`,
        ]),
  ].join(' ');
}

/** An environment as a card. */
interface EnvironmentCard {
  readonly name: string;
  /** What is special about it: it is new, gone, or could not be read. */
  readonly note: string;
  readonly tone: FilterLevel | 'ok';
  readonly levels: readonly { readonly level: FilterLevel; readonly count: number }[];
  readonly counts: readonly {
    readonly what: string;
    readonly sign: string;
    readonly count: number;
  }[];
  readonly noise: number;
  /** Of what was not read nothing is known: neither that it is harmless nor that nothing changes. */
  readonly isRead: boolean;
}

const NOTES: Readonly<Record<EnvironmentReview['presence'], string>> = {
  both: '',
  'only head': 'new',
  'only base': 'removed',
  broken: 'not read',
};

/** Cards, and those of many that are closed at first. */
export interface EnvironmentCards {
  readonly open: readonly EnvironmentCard[];
  readonly closed: readonly EnvironmentCard[];
}

/** So many cards stand above the risks. */
const MOST_CARDS = 8;

/** The cards of the environments that a reader looks at, in their order; of many the worst come first. */
export function environmentCards(review: Review): EnvironmentCards {
  const cards = allCards(review);
  if (cards.length <= MOST_CARDS + 1) return { open: cards, closed: [] };
  const worstFirst = sortBy(cards, ({ tone }) => String(TONES.indexOf(tone)));
  return { open: worstFirst.slice(0, MOST_CARDS), closed: worstFirst.slice(MOST_CARDS) };
}

const TONES: readonly EnvironmentCard['tone'][] = [...LEVELS, 'lint error', 'lint warning', 'ok'];

function allCards(review: Review): EnvironmentCard[] {
  return toldEnvironments(review).told.map(environment => {
    const { name, presence, noise, added, removed, changed } = environment;
    const levels = levelsIn(environment, review);
    const counts = [
      { what: 'added', sign: '+', count: added },
      { what: 'removed', sign: '−', count: removed },
      { what: 'changed', sign: '~', count: changed },
    ];
    return {
      name: name === '' ? 'manifests' : oneLine(name),
      note: NOTES[presence],
      tone: presence === 'broken' ? 'block' : (levels[0]?.level ?? 'ok'),
      levels,
      counts: counts.filter(({ count }) => count > 0),
      noise,
      isRead: presence !== 'broken',
    };
  });
}

/** How many risks and findings there are of each level, the worst first. */
function levelsIn(
  { name, risks }: EnvironmentReview,
  { findings }: Review,
): EnvironmentCard['levels'] {
  const own = findings.filter(({ environments }) => environments.includes(name));
  const ofSeverity = (severity: Finding['severity']): number =>
    own.filter(finding => finding.severity === severity).length;
  const counts = [
    ...LEVELS.map(level => ({ level, count: risks[level] })),
    { level: 'lint error' as const, count: ofSeverity('error') },
    { level: 'lint warning' as const, count: ofSeverity('warning') },
  ];
  return counts.filter(({ count }) => count > 0);
}
