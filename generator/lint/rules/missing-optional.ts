import { absentReads, missingKeys } from '../../graph/reads.ts';
import { absenceWarning, type Rule } from '../rule.ts';

export const missingOptional: Rule = absenceWarning('missing-optional', function* (graph) {
  for (const { reader, message, ...fault } of [...absentReads(graph), ...missingKeys(graph)])
    if (reader.isOptional) yield { ...fault, message: `${message}, and "optional" hides it` };
});
