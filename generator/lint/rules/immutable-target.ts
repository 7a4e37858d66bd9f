import { isFetched } from '../../kinds/eso/group.ts';
import { type Rule, warning } from '../rule.ts';

export const immutableTarget: Rule = warning('immutable-target', 'specs', secret => {
  const { policy, isImmutable, seconds } = secret.refresh;
  const isOnce = policy === 'CreatedOnce' || seconds === 0;
  if (!isImmutable || isOnce || !isFetched(secret.spec)) return undefined;
  return {
    path: [...secret.path, 'target', 'immutable'],
    message: `Secret "${secret.target}" is immutable, so ESO cannot write a value that changes in the store`,
    hint: 'Remove "immutable", or set refreshPolicy to CreatedOnce if the value never changes.',
  };
});
