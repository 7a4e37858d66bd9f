import { isMap, mapAt } from '../../core/json.ts';
import { STORES } from '../../kinds/eso/stores.ts';
import { specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

export const storeProvider: Rule = error('store-provider', function* ({ byKind }) {
  for (const object of STORES.flatMap(byKind)) {
    const providers = Object.keys(mapAt(specOf(object), 'provider'));
    if (!isMap(specOf(object)['provider']) || providers.length === 1) continue;
    yield {
      object,
      path: ['spec', 'provider'],
      message: `${object.kind} "${object.name}" has ${providers.length === 0 ? 'no provider' : `several providers: ${providers.join(', ')}`}`,
      hint: 'Make one store for each provider.',
    };
  }
});
