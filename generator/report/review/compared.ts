import type { RuleFinding } from '../../lint/check-graph.ts';
import type { Comparison } from '../../review/changes/comparison.ts';
import type { FoundRisk } from '../../review/risks/check-risks.ts';
import type { NewFinding } from './review.ts';

/** An environment that was compared, and what was found in it. */
export interface Compared {
  readonly comparison: Comparison;
  /** The sides that have each of its environments. */
  readonly presence: ReadonlyMap<string, 'both' | 'only base' | 'only head'>;
  readonly risks: readonly FoundRisk[];
  /** What may be missing on head, and made by something that was not read. */
  readonly doubted: readonly RuleFinding[];
  /** Of head, and not of base. */
  readonly findings: readonly NewFinding[];
}
