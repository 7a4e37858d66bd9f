import { isUnresolved, ofNamespace } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { findSecret, isMade, wholeMakers } from '../../graph/secret-graph.ts';
import { targetPath } from '../../kinds/eso/external-secret-spec.ts';
import { absence, type Rule } from '../rule.ts';

export const mergeWithoutSecret: Rule = absence(
  'merge-without-secret',
  'externalSecrets',
  (secret, graph) => {
    const { namespace, target, creationPolicy } = secret;
    if (creationPolicy !== 'Merge' || isUnresolved(namespace + target)) return undefined;
    if (isMade(findSecret(graph, namespace, target))) return undefined;
    const nodes = [...graph.secrets.values()].filter(node => node.namespace === namespace);
    const names = nodes.flatMap(node => (wholeMakers(node).length > 0 ? node.name : []));
    return {
      path: targetPath(secret),
      message: `nothing makes the Secret "${target}", and Merge only adds keys to one that exists`,
      hint: knownNames(`Secrets ${ofNamespace(namespace)}`, target, names),
      absent: { namespace, name: target, isSecret: true },
    };
  },
);
