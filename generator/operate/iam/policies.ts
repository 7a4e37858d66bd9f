import { type Below, fold, levelsOf } from './fold.ts';
import type { Grant } from './grant.ts';
import { doFit, splitPolicies } from './split.ts';
import { type PolicyStatement, statementGroups } from './statements.ts';

/** How many managed policies a role has without a raised quota (docs/facts/aws.md#iam-limits). */
export const POLICIES = 10;

/** Policies within AWS' limits. */
export interface Sized {
  readonly policies: readonly (readonly PolicyStatement[])[];
  /** The subtrees that they allow as a whole, with how many entries are known there. */
  readonly wider: ReadonlyMap<string, number>;
}

/**
 * Exact names if they fit into one policy; or else the smallest subtrees with which all fits into
 * one; or else the exact names, or at last subtrees, in several. Undefined: not even so.
 */
export function sizedPolicies(grants: readonly Grant[], known: Below): Sized | undefined {
  const exact = sized(grants, new Map());
  if (exact.policies.length === 1 && doFit(exact.policies)) return exact;
  const tries = [exact];
  for (let level = levelsOf(grants); level > 0; level -= 1) {
    const { grants: folded, wider } = fold(grants, level, known);
    const attempt = sized(folded, wider);
    if (attempt.policies.length === 1 && doFit(attempt.policies)) return attempt;
    tries.push(attempt);
  }
  return tries.find(({ policies }) => policies.length <= POLICIES && doFit(policies));
}

function sized(grants: readonly Grant[], wider: Sized['wider']): Sized {
  return { policies: splitPolicies(statementGroups(grants)), wider };
}
