import { archiveCollision } from '../../lint/rules/archive-collision.ts';
import { newFaults } from '../facts/moves.ts';
import { faultRisk, high, type RiskRule } from '../risk.ts';

export const archiveIsSource: RiskRule = high('archive-is-source', diff =>
  newFaults(diff, archiveCollision).map(faultRisk),
).inPlaceOf('archive-collision');
