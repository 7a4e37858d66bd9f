import type { Finding } from '../../ground/finding.ts';
import type { Comparison } from '../../review/changes/comparison.ts';
import type { FoundRisk } from '../../review/risks/check-risks.ts';

/** An environment that was compared, and what was found in it. */
export interface Compared {
  readonly comparison: Comparison;
  readonly presence: 'both' | 'only base' | 'only head';
  readonly risks: readonly FoundRisk[];
  /** Of head, and not of base. */
  readonly findings: readonly Finding[];
}
