import { policyDocument, sizeOf } from './document.ts';
import { type Below, type Folded, foldings } from './fold.ts';
import type { Grant } from './grant.ts';
import {
  listedText,
  type PolicyStatement,
  type StatementGroup,
  statementGroups,
} from './statements.ts';

/** How many managed policies a role has without a raised quota (docs/facts/aws.md#iam-limits). */
export const POLICIES = 10;

/** Policies within AWS' limits. */
interface Sized {
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

/** The characters of a managed policy (docs/facts/aws.md#iam-limits); it cannot be raised. */
export const POLICY_SIZE = 6144;

/** A policy while statements are put into it. */
interface Growing {
  statements: PolicyStatement[];
  size: number;
}

const EMPTY = sizeOf(policyDocument([]));

/** Statements in as many policies as they need, in their order: each takes what still fits. */
function splitPolicies(groups: readonly StatementGroup[]): PolicyStatement[][] {
  const policies: Growing[] = [{ statements: [], size: EMPTY }];
  for (const { listed, statementOf } of groups) {
    let rest = listed;
    while (rest.length > 0) {
      const policy = policies.at(-1) ?? { statements: [], size: EMPTY };
      const count = howMany(rest, statementOf, POLICY_SIZE - policy.size);
      if (count === 0 && policy.statements.length > 0) {
        policies.push({ statements: [], size: EMPTY });
        continue;
      }
      // What does not fit even alone is told as too large.
      const statement = statementOf(rest.slice(0, Math.max(count, 1)));
      policy.statements.push(statement);
      policy.size += statementSize(statement);
      rest = rest.slice(Math.max(count, 1));
    }
  }
  return policies.map(({ statements }) => statements);
}

/** How many of a list fit into a statement of at most this size. */
function howMany(
  listed: readonly string[],
  statementOf: StatementGroup['statementOf'],
  room: number,
): number {
  const [first = ''] = listed;
  // A list of one is written without brackets.
  let left = room - statementSize(statementOf([first])) - 2;
  if (left < -2) return 0;
  let count = 1;
  for (; count < listed.length; count += 1) {
    left -= sizeOf(listed[count]) + 1;
    if (left < 0) break;
  }
  return count;
}

/** With the comma before it. */
function statementSize(statement: PolicyStatement): number {
  return sizeOf(policyDocument([statement])) - EMPTY + 1;
}

/** Whether each policy is one that AWS takes. */
function doFit(policies: readonly (readonly PolicyStatement[])[]): boolean {
  return policies.every(statements => sizeOf(policyDocument(statements)) <= POLICY_SIZE);
}
