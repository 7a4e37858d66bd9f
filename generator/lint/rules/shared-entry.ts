import { groupBy } from '../../core/json.ts';
import { entriesAt, relatedField, type SecretGraph, storeReads } from '../../graph/secret-graph.ts';
import { type Rule, warning } from '../rule.ts';

export const sharedEntry: Rule = warning('shared-entry', function* (graph) {
  const { environments = new Map() } = graph.outside;
  if (environments.size < 2) return;
  const shared = groupBy(environmentReads(graph), ({ entry }) => entry);
  // Two environments share a prefix, or nothing: one entry tells of all.
  const reported = new Set<string>();
  for (const [first, ...others] of shared.values())
    for (const read of others) {
      const pair = JSON.stringify([first?.environment, read.environment, read.place]);
      if (first === undefined || first.environment === read.environment || reported.has(pair))
        continue;
      reported.add(pair);
      yield {
        object: read.object,
        path: read.path,
        message: `environment "${read.environment}" reads "${read.key}", and so does "${first.environment}": what is put there for one is the value of the other`,
        hint: `Give the store of "${read.environment}" another prefix; or, where both are to have one value, move it out of the prefix, and write its whole key, such as /shared/license.`,
        related: [relatedField(first, 'reads it too')],
      };
    }
});

function environmentReads(graph: SecretGraph) {
  const { environments } = graph.outside;
  return [...storeReads(graph)]
    .flatMap(([store, reads]) => reads.map(read => ({ ...read, place: entriesAt(store) })))
    .flatMap(({ store, place, secret: { object, namespace }, entry: { ref } }) => {
      const { name = '', prefixes } = environments?.get(namespace) ?? {};
      const prefix = prefixes?.get(store.name);
      if (prefix === undefined || ref === undefined) return [];
      const { key } = ref;
      if (prefix !== '' && !key.startsWith(`${prefix.replace(/\/$/, '')}/`)) return [];
      const path = [...ref.path, 'key'];
      return [{ environment: name, object, path, key, place, entry: JSON.stringify([place, key]) }];
    })
    .sort((a, b) => (a.environment < b.environment ? -1 : 1));
}
