import { twoArchivers } from '../../lint/rules/two-archivers.ts';
import type { Comparison } from '../comparison.ts';
import { newFaults } from '../facts/moves.ts';
import { type RiskRule, relatedOnHead } from '../risk.ts';

export const twoWalArchivers: RiskRule = {
  id: 'two-wal-archivers',
  level: 'block',
  summary: 'A CNPG Cluster gets a second archiver of its log: the apply is rejected.',
  tells: ['two-archivers'],

  *check(comparison: Comparison) {
    for (const { object, path, message, hint, related } of newFaults(comparison, twoArchivers))
      yield { object, side: 'head', path, message, hint, related: relatedOnHead(related) };
  },
};
