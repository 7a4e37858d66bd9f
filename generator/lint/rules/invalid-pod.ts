import { podFaults } from '../../kinds/pod-faults.ts';
import type { Rule } from '../rule.ts';

export const invalidPod: Rule = {
  id: 'invalid-pod',
  severity: 'error',
  summary: 'Each pod passes the checks that the API server makes beyond the schema.',

  *check({ pods }) {
    for (const pod of pods)
      for (const fault of podFaults(pod)) yield { object: pod.object, ...fault };
  },
};
