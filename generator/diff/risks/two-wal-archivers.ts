import { twoArchivers } from '../../lint/rules/two-archivers.ts';
import { newFaults } from '../facts/moves.ts';
import { faultRisk, type RiskRule } from '../risk.ts';

export const twoWalArchivers: RiskRule = {
  id: 'two-wal-archivers',
  level: 'block',
  refuses: true,
  tells: ['two-archivers'],

  *check(comparison) {
    yield* newFaults(comparison, twoArchivers).map(faultRisk);
  },
};
