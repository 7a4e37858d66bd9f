import { isSame } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { objectIdentity } from '../../graph/graph.ts';
import { objectFaults } from '../../graph/objects.ts';
import { duplicateGroups, relatedName } from '../../graph/secret-graph.ts';
import { isHook } from '../../kinds/argocd/sync-order.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { type Rule, warning } from '../rule.ts';

export const duplicateObject: Rule = warning('duplicate-object', function* (graph) {
  const written = graph.objects.filter(object => object.written === undefined && !isHook(object));
  for (const { last, others } of duplicateGroups(graph, written, identityOf)) {
    const before = others.filter(({ json }) => !isSame(json, last.json));
    // A patch lacks required fields, and does not pass its schema.
    const isWhole = (object: PlacedObject): boolean => objectFaults(object, graph).length === 0;
    if (before.length === 0 || ![last, ...before].every(isWhole)) continue;
    yield {
      object: last,
      path: ['metadata', 'name'],
      message: `${last.kind} "${last.name}" is written ${before.length === 1 ? 'twice' : `${before.length + 1} times`}, and only what is applied last counts`,
      hint: 'Give one of them another name, or write one with all that is meant.',
      related: before.map(object => relatedName(object, 'the same object')),
    };
  }
});

function identityOf(object: PlacedObject): string | undefined {
  const { namespace, name } = object;
  return name === '' || isUnresolved(namespace + name) ? undefined : objectIdentity(object);
}
