import type { Finding } from '../core/finding.ts';
import { groupBy } from '../core/json.ts';
import type { Review, ReviewedRisk } from './review.ts';
import { ALWAYS } from './unseen.ts';

/** Risks of one rule that differ by the name of their object alone, and are mended alike. */
export interface RiskGroup {
  readonly risks: readonly [ReviewedRisk, ...ReviewedRisk[]];
  /** What is true of each; where there are several, "…" stands for the name. */
  readonly message: string;
  readonly hint: string;
}

/** Risks as they are told, in the place of the first; one that somebody takes has its own reason. */
export function riskGroups(risks: readonly ReviewedRisk[]): RiskGroup[] {
  const groups = groupBy(risks, risk => {
    const { level, rule } = risk;
    return isOpen(risk)
      ? JSON.stringify([level, rule, nameless(risk, 'message'), nameless(risk, 'hint')])
      : risk;
  });
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const all: RiskGroup['risks'] = [first, ...others];
    return [{ risks: all, message: sharedText(all, 'message'), hint: sharedText(all, 'hint') }];
  });
}

/** What is said of all of several risks. */
export function sharedText(
  [first, ...others]: RiskGroup['risks'],
  text: 'message' | 'hint',
): string {
  const isSame = others.every(other => other[text] === first[text]);
  return isSame ? first[text] : nameless(first, text);
}

/** A text about a risk with "…" for the name of its object. */
export function nameless(risk: ReviewedRisk, text: 'message' | 'hint'): string {
  return risk[text].replaceAll(`"${risk.object.name}"`, '"…"');
}

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
