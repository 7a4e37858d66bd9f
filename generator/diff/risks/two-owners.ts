import { objectIdentity } from '../../graph/graph.ts';
import { duplicateTarget } from '../../lint/rules/duplicate-target.ts';
import type { Comparison } from '../comparison.ts';
import { newFaults } from '../facts/moves.ts';
import { nameOf, type RiskRule, relatedOnHead } from '../risk.ts';

export const twoOwners: RiskRule = {
  id: 'two-owners',
  level: 'high',
  summary: 'Two objects own one Secret and write over each other.',
  tells: ['duplicate-target'],

  *check(comparison: Comparison) {
    for (const { object, path, message, hint, related = [] } of newFaults(
      comparison,
      duplicateTarget,
    )) {
      // The same object twice is a fault of its own.
      if (related.some(other => objectIdentity(other.object) === objectIdentity(object))) continue;
      yield {
        object,
        side: 'head',
        path,
        message: `${nameOf(object)} is not alone: ${message}`,
        hint,
        related: relatedOnHead(related),
      };
    }
  },
};
