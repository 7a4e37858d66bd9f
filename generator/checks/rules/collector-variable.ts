import { placedTexts } from '../../graph/cnpg-hosts.ts';
import type { Item } from '../../graph/item.ts';
import { findSecret, type SecretGraph } from '../../graph/secret-graph.ts';
import { knownNames } from '../../source/suggest.ts';
import type { Rule } from '../rule.ts';

export const collectorVariable: Rule = {
  id: 'collector-variable',
  severity: 'error',
  summary: "Each variable in a collector's configuration is set.",

  *check(graph) {
    const variables = new Map(
      graph.byKind('OpenTelemetryCollector').map(item => [item, variablesOf(graph, item)]),
    );
    for (const { item, path, text, container } of placedTexts(graph)) {
      const known = container === undefined ? variables.get(item) : undefined;
      if (known === undefined) continue;
      for (const [, name = ''] of text.matchAll(/(?<!\$)\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g)) {
        if (known.has(name)) continue;
        yield {
          item,
          path,
          message: `the collector has no variable "${name}"`,
          hint: knownNames('variables', name, known),
        };
      }
    }
  },
};

/** The variables of a collector; undefined when some come from where the keys are not known. */
function variablesOf(graph: SecretGraph, item: Item): Set<string> | undefined {
  const containers = graph.pods.find(pod => pod.item === item)?.containers ?? [];
  const [own] = containers;
  const names = new Set(own?.env.map(({ name }) => name));
  for (const { secret, prefix } of own?.envFrom ?? []) {
    const node = secret === undefined ? undefined : findSecret(graph, item.namespace, secret);
    if (node === undefined || node.isOpen) return undefined;
    for (const key of node.keys) names.add(prefix + key);
  }
  return names;
}
