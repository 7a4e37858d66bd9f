import type { KubeObject } from '../../ground/kube-object.ts';
import type { KubernetesProvider } from '../model/model.ts';

/**
 * The ServiceAccount of a kubernetes store and its rights where the Secrets are: `get` on those
 * that are read, or on all of them, with `list`, when a find looks for them
 * (docs/facts/eso.md#kubernetes-store).
 */
export function storeAccess(provider: KubernetesProvider): readonly KubeObject[] {
  const { serviceAccount, home, remoteNamespace, reads } = provider;
  const name = home === remoteNamespace ? serviceAccount : `${serviceAccount}-${home}`;
  const metadata = { name, namespace: remoteNamespace };
  const rule =
    reads === undefined ? { verbs: ['get', 'list'] } : { resourceNames: reads, verbs: ['get'] };
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: serviceAccount, namespace: home },
      automountServiceAccountToken: false,
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['secrets'], ...rule }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace: home }],
    },
  ];
}
