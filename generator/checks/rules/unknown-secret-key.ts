import { findSecret } from '../../graph/secret-graph.ts';
import { knownNames } from '../../source/suggest.ts';
import type { Rule } from '../rule.ts';

export const unknownSecretKey: Rule = {
  id: 'unknown-secret-key',
  severity: 'error',
  summary: 'Each key that is read is in its Secret.',

  *check(graph) {
    for (const { item, namespace, secret, key, keyPath, isOptional } of graph.readers) {
      const node =
        key === undefined || isOptional ? undefined : findSecret(graph, namespace, secret);
      if (node === undefined || key === undefined || node.isOpen || node.keys.has(key)) continue;
      yield {
        item,
        path: keyPath ?? [],
        message: `Secret "${secret}" has no key "${key}"`,
        hint: knownNames(`keys of "${secret}"`, key, node.keys),
        related: node.makers.map(maker => ({
          item: maker.item,
          path: maker.path,
          note: `${maker.item.kind} "${maker.item.name}" makes it`,
        })),
      };
    }
  },
};
