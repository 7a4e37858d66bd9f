import type { Rule, Violation } from '../../checks/rule.ts';
import type { Comparison } from '../../diff/comparison.ts';
import { itemIdentity } from '../../graph/object-set.ts';

/** What a lint rule says of the environment's own objects on head, and did not say of them on base. */
export function newViolations({ base, head, own }: Comparison, rule: Rule): Violation[] {
  const found = [...rule.check(head)].filter(({ item }) => own.has(item));
  if (found.length === 0) return [];
  const known = new Set([...rule.check(base)].map(keyOf));
  return found.filter(violation => !known.has(keyOf(violation)));
}

function keyOf({ item, message }: Violation): string {
  return JSON.stringify([itemIdentity(item), message]);
}
