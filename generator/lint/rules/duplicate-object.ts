import { isSame } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { objectFaults } from '../../graph/objects.ts';
import { duplicateGroups, relatedName } from '../../graph/secret-graph.ts';
import { isHook } from '../../kinds/argocd/sync-order.ts';
import { objectIdentity } from '../../kinds/kind.ts';
import { type Rule, warning } from '../rule.ts';

export const duplicateObject: Rule = warning('duplicate-object', function* (graph) {
  const written = graph.objects.filter(object => object.written === undefined && !isHook(object));
  const groups = duplicateGroups(graph, written, object => {
    const { namespace, name } = object;
    return name === '' || isUnresolved(namespace + name) ? undefined : objectIdentity(object);
  });
  for (const { last, others } of groups) {
    const before = others.filter(({ json }) => !isSame(json, last.json));
    // A patch lacks required fields, and does not pass its schema.
    const all = [last, ...before];
    if (before.length === 0 || all.some(each => objectFaults(each, graph).length > 0)) continue;
    yield {
      object: last,
      path: ['metadata', 'name'],
      message: `${last.kind} "${last.name}" is written ${before.length === 1 ? 'twice' : `${before.length + 1} times`}, and only what is applied last counts`,
      hint: 'Give one of them another name, or write one with all that is meant.',
      related: before.map(object => relatedName(object, 'the same object')),
    };
  }
});
