import { inNamespace } from '../../core/kube-object.ts';
import { absentReads, missingKeys } from '../../graph/reads.ts';
import type { Rule } from '../rule.ts';

export const missingOptional: Rule = {
  id: 'missing-optional',
  severity: 'warning',
  claimsAbsence: 'anywhere',
  summary: 'Each Secret and key that is read as optional can be there.',

  *check(graph) {
    for (const { reader, absent, hint, related, doubt } of absentReads(graph)) {
      const { object, namespace, secret, path, isOptional } = reader;
      if (!isOptional) continue;
      const message = `nothing makes the Secret "${secret}"${inNamespace(namespace)}, and "optional" hides it`;
      yield { object, path, message, hint, related, absent, ...(doubt !== undefined && { doubt }) };
    }
    for (const { isOptional, message, ...fault } of missingKeys(graph))
      if (isOptional) yield { ...fault, message: `${message}, and "optional" hides it` };
  },
};
