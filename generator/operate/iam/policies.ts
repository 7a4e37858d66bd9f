import { type Below, type Folded, foldings } from './fold.ts';
import type { Grant } from './grant.ts';
import { listedText } from './key-grants.ts';
import { doFit, POLICY_SIZE, splitPolicies } from './split.ts';
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
  let several: Sized | undefined;
  for (const { grants: tried, wider } of tries(grants, known)) {
    if (isFarTooMuch(tried)) continue;
    const policies = splitPolicies(statementGroups(tried));
    if (policies.length > POLICIES || !doFit(policies)) continue;
    if (policies.length === 1) return { policies, wider };
    several ??= { policies, wider };
  }
  return several;
}

/** The names, then subtrees. */
function* tries(grants: readonly Grant[], known: Below): Generator<Folded> {
  yield { grants, wider: new Map() };
  yield* foldings(grants, known);
}

/** Whether the names alone, each once, are longer than all policies: no need to put them in order. */
function isFarTooMuch(grants: readonly Grant[]): boolean {
  const names = new Set(grants.map(listedText));
  let size = 0;
  // A variable may be longer than what is filled in for it.
  for (const name of names) size += name.length / 2;
  return size > POLICIES * POLICY_SIZE;
}
