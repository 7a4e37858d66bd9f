import { isMap, mapAt } from '../../core/json.ts';
import { STORES } from '../../kinds/eso/stores.ts';
import { specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

export const storeProvider: Rule = error('store-provider', STORES, object => {
  const providers = Object.keys(mapAt(specOf(object), 'provider'));
  if (!isMap(specOf(object)['provider']) || providers.length === 1) return undefined;
  return {
    path: ['spec', 'provider'],
    message: `${object.kind} "${object.name}" has ${providers.length === 0 ? 'no provider' : `several providers: ${providers.join(', ')}`}`,
    hint: 'Make one store for each provider.',
  };
});
