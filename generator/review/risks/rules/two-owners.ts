import { itemIdentity } from '../../../graph/graph-of.ts';
import { duplicateTarget } from '../../../lint/rules/duplicate-target.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { newFaults } from '../facts/new-faults.ts';
import { relatedOnHead } from '../places.ts';
import type { RiskRule } from '../risk-rule.ts';
import { nameOf } from '../words.ts';

export const twoOwners: RiskRule = {
  id: 'two-owners',
  level: 'high',
  summary: 'Two objects own one Secret and write over each other.',
  tells: ['duplicate-target'],

  *check(comparison: Comparison) {
    for (const { item, path, message, hint, related = [] } of newFaults(
      comparison,
      duplicateTarget,
    )) {
      // The same object twice is a fault of its own.
      if (related.some(other => itemIdentity(other.item) === itemIdentity(item))) continue;
      yield {
        item,
        side: 'head',
        path,
        message: `${nameOf(item)} is not alone: ${message}`,
        hint,
        related: relatedOnHead(related),
      };
    }
  },
};
