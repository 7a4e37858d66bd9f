import { groupBy } from '../../core/json.ts';
import { eachSpec } from '../../graph/secret-graph.ts';
import { error, type Rule } from '../rule.ts';

export const duplicateSecretKey: Rule = error('duplicate-secret-key', function* (graph) {
  for (const { object, data } of eachSpec(graph.externalSecrets))
    for (const [key, [, ...others]] of groupBy(data, ({ secretKey }) => secretKey))
      for (const { path } of others)
        yield {
          object,
          path: [...path, 'secretKey'],
          message: `the key "${key}" is fetched twice`,
          hint: 'Keep one of the two entries.',
        };
});
