import { archiveCollision } from '../../lint/rules/archive-collision.ts';
import { newFaults } from '../facts/moves.ts';
import { faultRisk, high, type RiskRule } from '../risk.ts';

export const archiveIsSource: RiskRule = high(
  'archive-is-source',
  function* (comparison) {
    yield* newFaults(comparison, archiveCollision).map(faultRisk);
  },
  'archive-collision',
);
