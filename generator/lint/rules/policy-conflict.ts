import { textAt } from '../../core/json.ts';
import { eachSpec } from '../../graph/secret-graph.ts';
import { isRefusedPair } from '../../kinds/eso/external-secret.ts';
import { error, type Rule } from '../rule.ts';

export const policyConflict: Rule = error('policy-conflict', function* ({ externalSecrets }) {
  for (const { object, path, spec, creationPolicy } of eachSpec(externalSecrets)) {
    const deletion = textAt(spec, 'target', 'deletionPolicy') ?? 'Retain';
    if (!isRefusedPair(creationPolicy, deletion)) continue;
    yield {
      object,
      path: [...path, 'target', 'deletionPolicy'],
      message: `deletionPolicy ${deletion} is refused with creationPolicy ${creationPolicy}`,
      hint: 'Write deletionPolicy: Retain.',
    };
  }
});
