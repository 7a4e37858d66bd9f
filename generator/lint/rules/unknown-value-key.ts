import { missingKeys } from '../../graph/reads.ts';
import type { Rule } from '../rule.ts';

export const unknownValueKey: Rule = {
  id: 'unknown-value-key',
  severity: 'warning',
  claimsAbsence: 'beside',

  *check(graph) {
    for (const { reader, ...fault } of missingKeys(graph))
      if (!reader.isOptional && reader.mayPassOver) yield fault;
  },
};
