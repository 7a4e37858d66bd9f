import { type KubeObject, refOf } from '../../ground/kube-object.ts';
import type { KubernetesProvider, StoreModel } from '../model/model.ts';
import type { EntryObject } from './patches.ts';
import { secretStore } from './secret-store.ts';

/** A store and, when it reads Secrets of the cluster, its ServiceAccount and rights. */
export function storeObjects(store: StoreModel, namespace: string): EntryObject[] {
  const { provider } = store;
  if (provider === undefined) return [];
  const isUnread = provider.type === 'kubernetes' && provider.reads?.length === 0;
  if (isUnread) return []; // ESO calls a store that may read nothing not ready.
  const access = provider.type === 'kubernetes' ? storeAccess(provider) : [];
  const isVerbatim = provider.type === 'given' && provider.isVerbatim;
  return [
    {
      object: secretStore(store, provider, namespace),
      needs: access.map(refOf),
      ...(isVerbatim && { ownTerms: [[['spec', 'provider'], ['provider']]] as const }),
    },
    ...access.map(object => ({ object })),
  ];
}

/**
 * The ServiceAccount of a kubernetes store and its rights where the Secrets are: `get` on those
 * that are read, or on all of them, with `list`, when a find looks for them
 * (docs/facts/eso.md#kubernetes-store).
 */
function storeAccess(provider: KubernetesProvider): readonly KubeObject[] {
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
