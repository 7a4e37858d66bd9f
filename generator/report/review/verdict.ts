import type { Finding } from '../../ground/finding.ts';
import type { Review, ReviewedRisk } from './review.ts';
import { ALWAYS } from './unseen.ts';

/** Whether nobody has acknowledged a risk. */
export function isOpen({ acknowledged }: ReviewedRisk): boolean {
  return acknowledged === undefined;
}

/** The risks that keep a change from being merged. */
export function blockers({ risks }: Review): ReviewedRisk[] {
  return risks.filter(risk => risk.level === 'block' && isOpen(risk));
}

/** Whether all was read and judged that a change can touch, as far as manifests tell. */
export function isWhole(review: Review): boolean {
  const { doubts, unseen, notices } = review;
  const isMade = notices.every(({ rule }) => rule !== UNMADE);
  const isAll = doubts.length === 0 && unseen.every(text => text === ALWAYS);
  return !isBroken(review) && isMade && isAll;
}

/** Whether something could not be read: then a review is not whole, and proves nothing. */
export function isBroken({ broken, notices }: Review): boolean {
  return broken.length > 0 || notices.some(({ severity }) => severity === 'error');
}

/** That a tree is not what its spec makes. */
export const STALE = 'stale-tree';

/** That a spec has faults, so it makes nothing that a tree could be held against. */
export const UNMADE = 'unmade-tree';

/** Whether a notice is said before all else. */
export function isFirst({ rule }: Finding): boolean {
  return rule === STALE || rule === UNMADE;
}

/** What else was not taken as it stands. What is left out of a unit is told of with what cannot be seen. */
export function toldNotices({ notices }: Review): Finding[] {
  return notices.filter(notice => notice.rule !== 'not-read' && !isFirst(notice));
}
