import { duplicateTarget } from '../../lint/rules/duplicate-target.ts';
import { isSameObject } from '../diff.ts';
import { newFaults } from '../facts/moves.ts';
import { faultRisk, high, nameOf, type RiskRule } from '../risk.ts';

export const twoOwners: RiskRule = high('two-owners', function* (diff) {
  for (const fault of newFaults(diff, duplicateTarget)) {
    const { object, message, related = [] } = fault;
    // The rule identity-duplicate reports an object that is there twice.
    if (related.some(maker => isSameObject(maker.object, object))) continue;
    yield { ...faultRisk(fault), message: `${nameOf(object)} is not alone: ${message}` };
  }
}).inPlaceOf('duplicate-target');
