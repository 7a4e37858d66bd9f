import { eachSpec } from '../../graph/secret-graph.ts';
import { error, type Rule } from '../rule.ts';

export const duplicateSecretKey: Rule = error('duplicate-secret-key', function* (graph) {
  const { externalSecrets } = graph;
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
});
