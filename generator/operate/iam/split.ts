import { policyDocument, sizeOf } from './document.ts';
import type { PolicyStatement, StatementGroup } from './statements.ts';

/** The characters of a managed policy (docs/facts/aws.md#iam-limits); it cannot be raised. */
export const POLICY_SIZE = 6144;

/** A policy while statements are put into it. */
interface Growing {
  statements: PolicyStatement[];
  size: number;
}

const EMPTY = sizeOf(policyDocument([]));

/** Statements in as many policies as they need, in their order: each takes what still fits. */
export function splitPolicies(groups: readonly StatementGroup[]): PolicyStatement[][] {
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
export function doFit(policies: readonly (readonly PolicyStatement[])[]): boolean {
  return policies.every(statements => sizeOf(policyDocument(statements)) <= POLICY_SIZE);
}
