import { isUnresolved } from '../../core/kube-object.ts';
import { findSecret, type SecretGraph } from '../../graph/secret-graph.ts';
import { gateway, isGranting, referenceGrant } from '../../kinds/gateway.ts';
import { absence, type Rule } from '../rule.ts';

export const missingReferenceGrant: Rule = absence(
  'missing-reference-grant',
  abroad,
  (read, graph) => {
    const { object, path, namespace, secret } = read;
    const grants = graph.byKind(referenceGrant).filter(grant => grant.namespace === namespace);
    if (grants.some(grant => isGranting(grant, object, secret))) return undefined;
    return {
      path,
      message: `no ReferenceGrant in "${namespace}" lets Gateway "${object.name}" of "${object.namespace}" read the Secret "${secret}"`,
      hint: `Add one there, from kind Gateway of namespace ${object.namespace} to kind Secret, or make the certificate in ${object.namespace}.`,
      absent: { namespace },
    };
  },
);

/** The Secrets of other namespaces that Gateways read, and that something makes. */
function abroad(graph: SecretGraph) {
  return graph.readers.filter(
    ({ object, namespace, secret }) =>
      object.knownKind === gateway &&
      namespace !== object.namespace &&
      ![namespace, object.namespace].some(home => home === '' || isUnresolved(home)) &&
      findSecret(graph, namespace, secret) !== undefined,
  );
}
