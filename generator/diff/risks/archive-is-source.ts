import { archiveCollision } from '../../lint/rules/archive-collision.ts';
import { newFaults } from '../facts/moves.ts';
import { faultRisk, type RiskRule } from '../risk.ts';

export const archiveIsSource: RiskRule = {
  id: 'archive-is-source',
  level: 'high',
  tells: ['archive-collision'],

  *check(comparison) {
    yield* newFaults(comparison, archiveCollision).map(faultRisk);
  },
};
