import { groupBy } from '../../ground/group-by.ts';
import type { ReviewedRisk } from './review.ts';
import { isOpen } from './verdict.ts';

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
