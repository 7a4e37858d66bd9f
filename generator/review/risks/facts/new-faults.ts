import { faultsOf, knownFaults } from '../../../lint/check-graph.ts';
import type { Rule, RuleFault } from '../../../lint/rule.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { lastingKey, partnersOf } from '../../changes/former.ts';

/** What a lint rule says of the environment's own objects on head, and did not say of them on base. */
export function newFaults(comparison: Comparison, rule: Rule): RuleFault[] {
  const { base, head, own } = comparison;
  const found = knownFaults(head, rule).filter(({ object }) => own.has(object));
  if (found.length === 0) return [];
  const partners = partnersOf(comparison);
  const keyOf = ({ object, message }: RuleFault): string => lastingKey(message, object, partners);
  const known = new Set(faultsOf(base, rule).map(keyOf));
  return found.filter(fault => !known.has(keyOf(fault)));
}
