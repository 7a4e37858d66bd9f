import { findSecret } from '../../graph/secret-graph.ts';
import { knownNames } from '../../source/suggest.ts';
import type { Rule } from '../rule.ts';

export const mergeWithoutSecret: Rule = {
  id: 'merge-without-secret',
  severity: 'error',
  summary: 'An ExternalSecret with creationPolicy Merge names a Secret that something else makes.',

  *check(graph) {
    for (const { item, path, namespace, target, creationPolicy } of graph.externalSecrets) {
      if (creationPolicy !== 'Merge') continue;
      const node = findSecret(graph, namespace, target);
      const isMade = node?.makers.length === 0 || node?.makers.some(maker => !maker.isMerging);
      if (isMade === true) continue;
      const here = [...graph.secrets.values()].filter(
        other => other.namespace === namespace && other.name !== target,
      );
      yield {
        item,
        path: [...path, 'target', 'name'],
        message: `nothing makes the Secret "${target}", and Merge only adds keys to one that exists`,
        hint: knownNames(
          `Secrets of "${namespace}"`,
          target,
          here.map(other => other.name),
        ),
      };
    }
  },
};
