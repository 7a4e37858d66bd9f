import { twoArchivers } from '../../../lint/rules/two-archivers.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { newFaults } from '../facts/new-faults.ts';
import { relatedOnHead } from '../places.ts';
import type { RiskRule } from '../risk-rule.ts';

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
