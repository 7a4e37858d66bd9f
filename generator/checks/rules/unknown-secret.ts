import { findSecret, type SecretGraph } from '../../graph/secret-graph.ts';
import { knownNames } from '../../source/suggest.ts';
import type { Rule } from '../rule.ts';

export const unknownSecret: Rule = {
  id: 'unknown-secret',
  severity: 'error',
  summary: 'Each Secret that is read is made by something.',

  *check(graph) {
    const names = namesByNamespace(graph);
    for (const { item, namespace, secret, path, isOptional, how } of graph.readers) {
      if (isOptional || findSecret(graph, namespace, secret) !== undefined) continue;
      yield {
        item,
        path,
        message: `nothing makes the Secret "${secret}" in namespace "${namespace}"`,
        hint: `${knownNames(`Secrets of "${namespace}"`, secret, names.get(namespace) ?? [])}${how === 'eso' ? ' The store reads that namespace.' : ''}`,
      };
    }
  },
};

function namesByNamespace({ secrets }: SecretGraph): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { namespace, name } of secrets.values()) {
    const others = names.get(namespace);
    if (others === undefined) names.set(namespace, [name]);
    else others.push(name);
  }
  return names;
}
