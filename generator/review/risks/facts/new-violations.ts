import { isKnown, violationsOf } from '../../../lint/check-graph.ts';
import type { Rule, Violation } from '../../../lint/rule.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { lastingKey, partnersOf } from '../../changes/former.ts';

/** What a lint rule says of the environment's own objects on head, and did not say of them on base. */
export function newViolations(comparison: Comparison, rule: Rule): Violation[] {
  const { base, head, own } = comparison;
  if (!isKnown(head, rule)) return [];
  const found = violationsOf(head, rule).filter(({ item }) => own.has(item));
  if (found.length === 0) return [];
  const partners = partnersOf(comparison);
  const keyOf = ({ item, message }: Violation): string => lastingKey(message, item, partners);
  const known = new Set(violationsOf(base, rule).map(keyOf));
  return found.filter(violation => !known.has(keyOf(violation)));
}
