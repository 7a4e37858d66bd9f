import { itemIdentity } from '../../graph/graph-of.ts';
import { objectFaults } from '../../graph/object-faults.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { twins } from '../../graph/twins.ts';
import { isSame } from '../../ground/same.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { isHook } from '../../kinds/argocd/sync-order.ts';
import type { Item } from '../../kinds/kind.ts';
import type { Rule } from '../rule.ts';

export const duplicateObject: Rule = {
  id: 'duplicate-object',
  severity: 'warning',
  summary: 'Each object is written once among those that are applied together.',

  *check(graph) {
    const written = graph.items.filter(item => item.written === undefined && !isHook(item));
    for (const { last, others } of twins(graph, written, identityOf)) {
      const before = others.filter(({ object }) => !isSame(object, last.object));
      if (before.length === 0 || ![last, ...before].every(item => isWhole(item, graph))) continue;
      yield {
        item: last,
        path: ['metadata', 'name'],
        message: `${last.kind} "${last.name}" is written ${before.length === 1 ? 'twice' : `${before.length + 1} times`}, and only what is applied last counts`,
        hint: 'Give one of them another name, or write one with all that is meant.',
        related: before.map(item => ({
          item,
          path: ['metadata', 'name'],
          note: 'the same object',
        })),
      };
    }
  },
};

/** What an object is called in its cluster, where that is known. */
function identityOf(item: Item): string | undefined {
  const { namespace, name } = item;
  return name === '' || isUnresolved(namespace + name) ? undefined : itemIdentity(item);
}

/** A patch of an object is not the object: something is missing that its schema wants. */
function isWhole(item: Item, graph: SecretGraph): boolean {
  return objectFaults(item, graph).length === 0;
}
