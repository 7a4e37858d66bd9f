import { textAt } from '../../core/json.ts';
import { isRefusedPair } from '../../kinds/eso/external-secret.ts';
import { error, type Rule } from '../rule.ts';

export const policyConflict: Rule = error('policy-conflict', 'specs', secret => {
  const { path, creationPolicy } = secret;
  const deletion = textAt(secret.spec, 'target', 'deletionPolicy') ?? 'Retain';
  if (!isRefusedPair(creationPolicy, deletion)) return undefined;
  return {
    path: [...path, 'target', 'deletionPolicy'],
    message: `deletionPolicy ${deletion} is refused with creationPolicy ${creationPolicy}`,
    hint: 'Write deletionPolicy: Retain.',
  };
});
