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
import { brokenText, objectCounts, PRESENCE, shownEnvironments } from '../words.ts';
import type { FilterLevel } from './filter-tags.ts';

/** How a review ends, in one sentence. */
export interface Verdict {
  readonly tone: Level | 'ok';
  readonly text: string;
  readonly detail: string;
}

/** Whether something keeps the change from being merged, and how large it is. */
export function verdictOf(review: Review): Verdict {
  const open = review.risks.filter(isOpen);
  const detail = detailOf(review);
  const blocking = blockers(review).length;
  if (isBroken(review)) return { tone: 'block', text: capital(brokenText(review)), detail };
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

function detailOf(review: Review): string {
  const { changed, noise } = objectCounts(review);
  const { length } = review.environments.filter(
    environment => environment.added + environment.removed + environment.changed > 0,
  );
  const objects =
    changed === ''
      ? 'Both sides render the same objects.'
      : `Objects: ${changed}, in ${counted(length, 'environment')}.`;
  if (noise === 0) return objects;
  const [are, mean] = noise === 1 ? ['is', 'means'] : ['are', 'mean'];
  return `${objects} ${counted(noise, 'object')} more ${are} written differently and ${mean} the same.`;
}

/** An environment as a card. */
interface EnvironmentCard {
  readonly name: string;
  /** That it is new, removed or not read. */
  readonly note: string;
  readonly tone: FilterLevel | 'ok';
  readonly levels: readonly { readonly level: FilterLevel; readonly count: number }[];
  readonly counts: readonly {
    readonly what: string;
    readonly sign: string;
    readonly count: number;
  }[];
  readonly noise: number;
  /** Else the card does not say that it has no risk and no changes: nobody knows. */
  readonly isRead: boolean;
}

/** Cards; if there are many, some are closed at first. */
export interface EnvironmentCards {
  readonly open: readonly EnvironmentCard[];
  readonly closed: readonly EnvironmentCard[];
}

/** So many cards are open. */
const MOST_CARDS = 8;

/** The cards of environments, in their order; if there are many, the worst first. */
export function environmentCards(review: Review): EnvironmentCards {
  const cards = shownEnvironments(review).shown.map(environment => cardOf(environment, review));
  if (cards.length <= MOST_CARDS + 1) return { open: cards, closed: [] };
  const worstFirst = sortBy(cards, ({ tone }) => String(TONES.indexOf(tone)));
  return { open: worstFirst.slice(0, MOST_CARDS), closed: worstFirst.slice(MOST_CARDS) };
}

const TONES: readonly EnvironmentCard['tone'][] = [...LEVELS, 'lint error', 'lint warning', 'ok'];

function cardOf(environment: EnvironmentReview, review: Review): EnvironmentCard {
  const { name, presence, noise, added, removed, changed } = environment;
  const levels = levelsIn(environment, review);
  const counts = [
    { what: 'added', sign: '+', count: added },
    { what: 'removed', sign: '−', count: removed },
    { what: 'changed', sign: '~', count: changed },
  ];
  return {
    name: name === '' ? 'manifests' : oneLine(name),
    note: PRESENCE[presence],
    tone: presence === 'broken' ? 'block' : (levels[0]?.level ?? 'ok'),
    levels,
    counts: counts.filter(({ count }) => count > 0),
    noise,
    isRead: presence !== 'broken',
  };
}

/** How many risks and findings there are of each level, the worst first. */
function levelsIn(
  { name, risks }: EnvironmentReview,
  { findings }: Review,
): EnvironmentCard['levels'] {
  const ofSeverity = (severity: Finding['severity']): number =>
    findings.filter(finding => finding.severity === severity && finding.environments.includes(name))
      .length;
  const counts = [
    ...LEVELS.map(level => ({ level, count: risks[level] })),
    { level: 'lint error' as const, count: ofSeverity('error') },
    { level: 'lint warning' as const, count: ofSeverity('warning') },
  ];
  return counts.filter(({ count }) => count > 0);
}
