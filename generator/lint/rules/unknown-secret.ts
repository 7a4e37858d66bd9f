import { inNamespace } from '../../core/kube-object.ts';
import { absentReads } from '../../graph/reads.ts';
import type { Rule } from '../rule.ts';

export const unknownSecret: Rule = {
  id: 'unknown-secret',
  severity: 'error',
  claimsAbsence: 'anywhere',
  summary: 'Each Secret that is read is made by something.',

  *check(graph) {
    for (const { reader, absent, hint, related, stray, doubt, meant } of absentReads(graph)) {
      const { object, namespace, secret, path, isOptional, isByShape } = reader;
      if (isOptional || stray !== undefined || (isByShape && meant === undefined)) continue;
      yield {
        object,
        path,
        message: `nothing makes the Secret "${secret}"${inNamespace(namespace)}`,
        hint,
        related,
        absent,
        ...(doubt !== undefined && { doubt }),
      };
    }
  },
};
