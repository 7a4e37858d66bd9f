import { eachSpec } from '../../graph/secret-graph.ts';
import type { Rule } from '../rule.ts';

export const duplicateSecretKey: Rule = {
  id: 'duplicate-secret-key',
  severity: 'error',

  *check({ externalSecrets }) {
    for (const { object, data } of eachSpec(externalSecrets)) {
      const keys = new Set<string>();
      for (const { secretKey, path } of data) {
        if (keys.has(secretKey)) {
          yield {
            object,
            path: [...path, 'secretKey'],
            message: `the key "${secretKey}" is fetched twice`,
            hint: 'Keep one of the two entries.',
          };
        }
        keys.add(secretKey);
      }
    }
  },
};
