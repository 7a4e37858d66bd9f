import type { Finding } from '../../ground/finding.ts';
import type { Review, ReviewedRisk } from './review.ts';

/** Whether nobody has acknowledged a risk. */
export function isOpen({ acknowledged }: ReviewedRisk): boolean {
  return acknowledged === undefined;
}

/** The risks that keep a change from being merged. */
export function blockers({ risks }: Review): ReviewedRisk[] {
  return risks.filter(risk => risk.level === 'block' && isOpen(risk));
}

/** Whether something could not be read: then a review is not whole, and proves nothing. */
export function isBroken({ broken, notices }: Review): boolean {
  return broken.length > 0 || notices.some(({ severity }) => severity === 'error');
}

/** The rule of what is said before all else: that a tree is not what its spec makes. */
export const STALE = 'stale-tree';

/** What else was not taken as it stands. What is left out of a unit is told of with what cannot be seen. */
export function toldNotices({ notices }: Review): Finding[] {
  return notices.filter(({ rule }) => rule !== 'not-read' && rule !== STALE);
}
