import { inNamespace } from '../../core/kube-object.ts';
import { absentReads, missingKeys } from '../../graph/reads.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { absenceWarning, type Rule } from '../rule.ts';

export const unmadeReference: Rule = absenceWarning('unmade-reference', function* (graph) {
  for (const { reader, stray, meant, hint, ...fault } of absentReads(graph)) {
    const { object, namespace, secret, isOptional, isByShape } = reader;
    if (isOptional || !isByShape || stray !== undefined || meant !== undefined) continue;
    const message = `nothing here makes the Secret "${secret}"${inNamespace(namespace)}`;
    yield { ...fault, message, hint: `${reason(object)} ${hint}` };
  }
  for (const { reader, hint, ...fault } of missingKeys(graph))
    if (reader.isByShape && !reader.isOptional)
      yield { ...fault, hint: `${reason(fault.object)} ${hint}`, absent: 'itself' };
});

function reason({ kind }: PlacedObject): string {
  return `${kind} is a kind that is not known here: the form of the field says that it reads a Secret.`;
}
