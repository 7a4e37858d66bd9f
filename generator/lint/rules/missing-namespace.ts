import { absentReads } from '../../graph/reads.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { type Rule, relatedField } from '../rule.ts';

export const missingNamespace: Rule = {
  id: 'missing-namespace',
  severity: 'error',
  summary: 'Each object that makes or reads a Secret says in which namespace.',

  *check(graph) {
    const reported = new Set<PlacedObject>();
    for (const { reader, related, stray, doubt } of absentReads(graph)) {
      if (stray === undefined || reader.isByShape || doubt !== undefined || reported.has(stray))
        continue;
      reported.add(stray);
      const isReader = stray === reader.object;
      const home = isReader ? related[0]?.object.namespace : reader.namespace;
      const user = `${reader.object.kind} "${reader.object.name}"`;
      yield {
        object: stray,
        path: ['metadata', 'namespace'],
        message: `${stray.kind} "${stray.name}" has no namespace, and ${isReader ? 'the Secret' : `${user} reads its Secret`} "${reader.secret}" ${isReader ? 'that it reads is made ' : ''}in "${home}"`,
        hint: `Write namespace: ${home}, or check it with the --namespace that it is applied with.`,
        related: isReader ? related : [relatedField(reader, 'reads it')],
      };
    }
  },
};
