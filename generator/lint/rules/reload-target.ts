import { findSecret, type SecretGraph } from '../../graph/secret-graph.ts';
import { knownNames } from '../../ground/suggest.ts';
import type { Item } from '../../kinds/kind.ts';
import { type Watch, watchOf } from '../../kinds/reloader/watch.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const reloadTarget: Rule = {
  id: 'reload-target',
  severity: 'warning',
  claimsAbsence: 'beside',
  summary: 'Each Secret that a Reloader annotation names is made by something.',

  *check(graph) {
    const watches = graph.pods.map(pod => ({ item: pod.item, watch: watchOf(pod) }));
    const listed = watches.filter(({ watch }) => watch.path !== undefined && !watch.isAll);
    const reads = listed.length === 0 ? new Map<Item, Set<string>>() : readsByWorkload(graph);
    for (const { item, watch } of listed)
      yield* unknownTargets(graph, item, watch, reads.get(item) ?? new Set());
  },
};

function* unknownTargets(
  graph: SecretGraph,
  item: Item,
  { names, path = [] }: Watch,
  reads: ReadonlySet<string>,
): Iterable<RuleFault> {
  for (const name of names) {
    if (reads.has(name) || findSecret(graph, item.namespace, name) !== undefined) continue;
    yield {
      item,
      path,
      message: `Reloader waits for a change of Secret "${name}", which nothing makes and ${item.kind} "${item.name}" does not read`,
      hint: knownNames(`Secrets that "${item.name}" reads`, name, reads),
    };
  }
}

function readsByWorkload({ readers }: SecretGraph): Map<Item, Set<string>> {
  const reads = new Map<Item, Set<string>>();
  for (const { item, secret } of readers) {
    const names = reads.get(item);
    if (names === undefined) reads.set(item, new Set([secret]));
    else names.add(secret);
  }
  return reads;
}
