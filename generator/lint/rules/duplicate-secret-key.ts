import { groupBy } from '../../core/json.ts';
import { error, type Rule } from '../rule.ts';

export const duplicateSecretKey: Rule = error('duplicate-secret-key', 'specs', ({ data }) => {
  const byKey = groupBy(data, ({ secretKey }) => secretKey);
  const repeated = [...byKey.values()].flatMap(([, ...others]) => others);
  return repeated.map(({ path, secretKey }) => ({
    path: [...path, 'secretKey'],
    message: `the key "${secretKey}" is fetched twice`,
    hint: 'Keep one of the two entries.',
  }));
});
