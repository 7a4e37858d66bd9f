import type { Comparison } from '../../diff/comparison.ts';
import type { FoundRisk } from '../../risks/check-risks.ts';
import type { Finding } from '../../source/finding.ts';

/** An environment that was compared, and what was found in it. */
export interface Compared {
  readonly comparison: Comparison;
  readonly presence: 'both' | 'only base' | 'only head';
  readonly risks: readonly FoundRisk[];
  /** Of head, and not of base. */
  readonly findings: readonly Finding[];
}
