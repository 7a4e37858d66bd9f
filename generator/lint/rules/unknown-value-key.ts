import { missingKeys } from '../../graph/reads.ts';
import { besideWarning, type Rule } from '../rule.ts';

export const unknownValueKey: Rule = besideWarning('unknown-value-key', function* (graph) {
  for (const { reader, ...fault } of missingKeys(graph))
    if (!reader.isOptional && reader.mayPassOver) yield fault;
});
