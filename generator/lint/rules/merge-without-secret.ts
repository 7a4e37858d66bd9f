import { groupBy } from '../../core/json.ts';
import { isUnresolved, ofNamespace } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { findSecret, isMade, wholeMakers } from '../../graph/secret-graph.ts';
import { targetPath } from '../../kinds/eso/external-secret-spec.ts';
import { absence, type Rule } from '../rule.ts';

export const mergeWithoutSecret: Rule = absence('merge-without-secret', function* (graph) {
  const merging = graph.externalSecrets.filter(
    ({ creationPolicy, namespace, target }) =>
      creationPolicy === 'Merge' && !isMade(findSecret(graph, namespace, target)),
  );
  if (merging.length === 0) return;
  const made = [...graph.secrets.values()].filter(node => wholeMakers(node).length > 0);
  const byNamespace = groupBy(made, node => node.namespace);
  for (const secret of merging) {
    const { object, namespace, target } = secret;
    if (isUnresolved(namespace + target)) continue;
    const names = (byNamespace.get(namespace) ?? []).map(({ name }) => name);
    yield {
      object,
      path: targetPath(secret),
      message: `nothing makes the Secret "${target}", and Merge only adds keys to one that exists`,
      hint: knownNames(`Secrets ${ofNamespace(namespace)}`, target, names),
      absent: { namespace, name: target, isSecret: true },
    };
  }
});
