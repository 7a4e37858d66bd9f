import { groupBy } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { templates } from '../../graph/keys.ts';
import { type StoreRead, storeReads } from '../../graph/secret-graph.ts';
import type { DataEntry } from '../../kinds/eso/external-secret-spec.ts';
import { remoteNamespaceOf } from '../../kinds/eso/stores.ts';
import { error, type Rule } from '../rule.ts';

export const missingProperty: Rule = error('missing-property', function* (graph) {
  const parsing = groupBy(
    templates(graph).filter(({ text }) => /fromJson|fromYaml/i.test(text)),
    ({ secret }) => secret.object,
  );
  for (const [store, reads] of storeReads(graph)) {
    if (remoteNamespaceOf(store) === undefined) continue;
    for (const { secret, entry } of reads) {
      if (!isWholeSecret(entry)) continue;
      const { path, secretKey, key } = entry;
      // A template may take the JSON apart.
      if (parsing.get(secret.object)?.some(({ text }) => text.includes(secretKey))) continue;
      yield {
        object: secret.object,
        path: [...path, 'remoteRef'],
        message: `"${secretKey}" gets the whole Secret "${key}" as JSON`,
        hint: 'Add property with the key that is meant, or take all keys with dataFrom.extract.',
      };
    }
  }
});

function isWholeSecret(entry: StoreRead['entry']): entry is DataEntry {
  if (!('secretKey' in entry) || entry.property !== undefined) return false;
  return !entry.secretKey.endsWith('.json') && !isUnresolved(entry.key);
}
