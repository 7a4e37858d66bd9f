import { inNamespace } from '../../core/kube-object.ts';
import { absentReads, missingKeys } from '../../graph/reads.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Rule } from '../rule.ts';

export const unmadeReference: Rule = {
  id: 'unmade-reference',
  severity: 'warning',
  claimsAbsence: 'anywhere',
  summary: 'Each Secret that an object of an unknown kind refers to is made by something.',

  *check(graph) {
    for (const { reader, absent, hint, related, stray, doubt, meant } of absentReads(graph)) {
      const { object, namespace, secret, path, isOptional, isByShape } = reader;
      const isOther = isOptional || isByShape !== true || stray !== undefined;
      if (isOther || meant !== undefined) continue;
      yield {
        object,
        path,
        message: `nothing here makes the Secret "${secret}"${inNamespace(namespace)}`,
        hint: `${reason(object)} ${hint}`,
        related,
        absent,
        ...(doubt !== undefined && { doubt }),
      };
    }
    for (const { isByShape, isOptional, hint, ...fault } of missingKeys(graph))
      if (isByShape && !isOptional)
        yield { ...fault, hint: `${reason(fault.object)} ${hint}`, absent: 'itself' };
  },
};

function reason({ kind }: PlacedObject): string {
  return `${kind} is a kind that is not known here: the form of the field says that it reads a Secret.`;
}
