import { archiveCollision } from '../../lint/rules/archive-collision.ts';
import type { Comparison } from '../comparison.ts';
import { newFaults } from '../facts/moves.ts';
import { type RiskRule, relatedOnHead } from '../risk.ts';

export const archiveIsSource: RiskRule = {
  id: 'archive-is-source',
  level: 'high',
  summary: 'A CNPG Cluster is recovered from the archive that it writes to itself.',
  tells: ['archive-collision'],

  *check(comparison: Comparison) {
    for (const { object, path, message, hint, related } of newFaults(comparison, archiveCollision))
      yield { object, side: 'head', path, message, hint, related: relatedOnHead(related) };
  },
};
