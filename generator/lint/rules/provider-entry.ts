import { mapAt, textAt, valueAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { type StoreRead, storeReads } from '../../graph/secret-graph.ts';
import { providerOf } from '../../kinds/eso/providers.ts';
import { specOf } from '../../kinds/kind.ts';
import { error, type Rule, type RuleFault } from '../rule.ts';
import { placeholderIn } from './remote-key.ts';

export const providerEntry: Rule = error('provider-entry', function* (graph) {
  for (const [store, reads] of storeReads(graph)) {
    const provider = providerOf(mapAt(specOf(store), 'provider'));
    if (provider === undefined) continue;
    const related = [{ object: store, path: ['spec', 'provider'], note: 'the store' }];
    for (const read of reads)
      for (const fault of faultsOf(read, provider)) yield { ...fault, related };
  }
});

function* faultsOf(
  { secret: { object }, entry }: StoreRead,
  { provider, settings }: NonNullable<ReturnType<typeof providerOf>>,
): Iterable<RuleFault> {
  const how = 'secretKey' in entry ? 'data' : entry.ref === undefined ? 'find' : 'extract';
  const path = entry.ref?.path ?? [...entry.path, 'find'];
  const ref = mapAt(valueAt(object.json, path));
  const key = textAt(ref, 'key') ?? '';
  if (
    how === 'find'
      ? Object.keys(ref).length === 0
      : key.trim() === '' || isUnresolved(key) || placeholderIn(key) !== undefined
  )
    return;
  for (const { field, ...fault } of provider.faults({ how, ref }, settings))
    yield { object, path: field === undefined ? path : [...path, field], ...fault };
}
