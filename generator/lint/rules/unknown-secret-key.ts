import { missingKeys } from '../../graph/reads.ts';
import type { Rule } from '../rule.ts';

export const unknownSecretKey: Rule = {
  id: 'unknown-secret-key',
  severity: 'error',
  claimsAbsence: 'beside',

  *check(graph) {
    for (const { reader, ...fault } of missingKeys(graph))
      if (!reader.isOptional && !reader.mayPassOver && !reader.isByShape) yield fault;
  },
};
