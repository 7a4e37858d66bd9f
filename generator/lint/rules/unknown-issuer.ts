import { mapAt, textAt } from '../../core/json.ts';
import { inNamespace, isUnresolved } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { CERT_MANAGER, certificate, clusterIssuer, issuer } from '../../kinds/cert-manager.ts';
import { gateway } from '../../kinds/gateway.ts';
import { specOf } from '../../kinds/kind.ts';
import { ingress } from '../../kinds/kubernetes.ts';
import { isDeclared } from '../../world/object-set.ts';
import { absence, type Rule } from '../rule.ts';

/** Reports nothing where no issuer of the kind was read: then they come from elsewhere. */
export const unknownIssuer: Rule = absence('unknown-issuer', usesOf, (use, graph) => {
  const { object, path, kind, name } = use;
  const namespace = kind === clusterIssuer ? '' : object.namespace;
  const issuers = graph.byKind(kind).filter(found => found.namespace === namespace);
  const names = issuers.map(found => found.name);
  if (names.length === 0 || names.includes(name) || isUnresolved(name)) return undefined;
  if (isDeclared(graph.outside, kind.kind, { namespace, name })) return undefined;
  const isOfCluster = kind === issuer && graph.find(clusterIssuer, '', name) !== undefined;
  return {
    path,
    message: `there is no ${kind.kind} "${name}"${inNamespace(namespace)}`,
    hint: isOfCluster
      ? 'There is a ClusterIssuer of this name: say so with kind: ClusterIssuer.'
      : knownNames(`${kind.kind}s`, name, names),
    absent: { namespace, name, hasOthers: namespace === '' },
  };
});

/** Certificates, and the annotations that cert-manager reads: those of Ingresses and Gateways (its documentation, "Usage"). */
function usesOf({ byKind }: SecretGraph) {
  const ofCertificates = byKind(certificate).flatMap(object => {
    const { name, kind = issuer.kind, group = CERT_MANAGER } = mapAt(specOf(object), 'issuerRef');
    const found = [issuer, clusterIssuer].find(candidate => candidate.kind === kind);
    if (found === undefined || typeof name !== 'string' || group !== CERT_MANAGER) return [];
    return [{ object, path: ['spec', 'issuerRef', 'name'], kind: found, name }];
  });
  const ofAnnotations = [ingress, gateway].flatMap(byKind).flatMap(object => {
    const path = ['metadata', 'annotations'];
    const annotations = mapAt(object.json, ...path);
    // What these name is of another kind.
    if (['group', 'kind'].some(word => `${CERT_MANAGER}/issuer-${word}` in annotations)) return [];
    return [issuer, clusterIssuer].flatMap(kind => {
      const field = `${CERT_MANAGER}/${kind === issuer ? 'issuer' : 'cluster-issuer'}`;
      const name = textAt(annotations, field);
      return name === undefined ? [] : [{ object, path: [...path, field], kind, name }];
    });
  });
  return [...ofCertificates, ...ofAnnotations];
}
