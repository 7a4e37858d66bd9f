import { absentReads } from '../../graph/reads.ts';
import type { Rule } from '../rule.ts';

export const unknownSecret: Rule = {
  id: 'unknown-secret',
  severity: 'error',
  claimsAbsence: 'anywhere',

  *check(graph) {
    for (const { reader, stray, meant, ...fault } of absentReads(graph)) {
      const { isOptional, isByShape } = reader;
      if (!isOptional && stray === undefined && !(isByShape && meant === undefined)) yield fault;
    }
  },
};
