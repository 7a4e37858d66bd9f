import { twoArchivers } from '../../lint/rules/two-archivers.ts';
import { newFaults } from '../facts/moves.ts';
import { faultRisk, type RiskRule, refusal } from '../risk.ts';

export const twoWalArchivers: RiskRule = refusal('two-wal-archivers', diff =>
  newFaults(diff, twoArchivers).map(faultRisk),
).inPlaceOf('two-archivers');
