import { missingKeys } from '../../graph/reads.ts';
import type { Rule } from '../rule.ts';

export const unknownValueKey: Rule = {
  id: 'unknown-value-key',
  severity: 'warning',
  claimsAbsence: 'beside',
  summary: 'Each key that values of a chart name beside a Secret is in it.',

  *check(graph) {
    for (const { reader, ...fault } of missingKeys(graph))
      if (!reader.isOptional && reader.mayPassOver) yield fault;
  },
};
