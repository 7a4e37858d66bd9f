import { textAt } from '../../core/json.ts';
import { isRefusedPair } from '../../kinds/eso/external-secret.ts';
import { error, type Rule } from '../rule.ts';

export const policyConflict: Rule = error(
  'policy-conflict',
  'specs',
  ({ path, spec, ...secret }) => {
    const deletion = textAt(spec, 'target', 'deletionPolicy') ?? 'Retain';
    if (!isRefusedPair(secret.creationPolicy, deletion)) return undefined;
    return {
      path: [...path, 'target', 'deletionPolicy'],
      message: `deletionPolicy ${deletion} is refused with creationPolicy ${secret.creationPolicy}`,
      hint: 'Write deletionPolicy: Retain.',
    };
  },
);
