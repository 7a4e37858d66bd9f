import { missingKeys } from '../../graph/reads.ts';
import { absenceBeside, type Rule } from '../rule.ts';

export const unknownSecretKey: Rule = absenceBeside('unknown-secret-key', function* (graph) {
  for (const { reader, ...fault } of missingKeys(graph))
    if (!reader.isOptional && !reader.mayPassOver && !reader.isByShape) yield fault;
});
