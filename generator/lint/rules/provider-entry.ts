import { mapAt, textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { type StoreRead, storeReads } from '../../graph/secret-graph.ts';
import { providerOf, type StoreProvider } from '../../kinds/eso/providers.ts';
import { specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';
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

function howAsked(entry: StoreRead['entry']): 'data' | 'extract' | 'find' {
  if ('secretKey' in entry) return 'data';
  return entry.ref === undefined ? 'find' : 'extract';
}

function* faultsOf({ secret: { object }, entry }: StoreRead, by: StoreProvider) {
  const how = howAsked(entry);
  const find = { map: entry.find ?? {}, path: [...entry.path, 'find'] };
  const { map: ref, path } = entry.ref ?? find;
  const key = textAt(ref, 'key') ?? '';
  if (
    how === 'find'
      ? Object.keys(ref).length === 0
      : key.trim() === '' || isUnresolved(key) || placeholderIn(key) !== undefined
  )
    return;
  for (const { field, ...fault } of by.provider.faults({ how, ref }, by.settings))
    yield { object, path: field === undefined ? path : [...path, field], ...fault };
}
