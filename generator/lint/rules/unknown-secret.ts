import { absentReads } from '../../graph/reads.ts';
import { absence, type Rule } from '../rule.ts';

export const unknownSecret: Rule = absence('unknown-secret', function* (graph) {
  for (const { reader, stray, meant, ...fault } of absentReads(graph)) {
    const { isOptional, isByShape } = reader;
    if (!isOptional && stray === undefined && !(isByShape && meant === undefined)) yield fault;
  }
});
