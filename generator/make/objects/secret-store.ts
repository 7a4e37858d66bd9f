import type { JsonObject } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import type { KubernetesProvider, Provider, StoreModel } from '../model/model.ts';

/**
 * A store: a ClusterSecretStore is closed to every namespace but those that use it, since one
 * without conditions serves the whole cluster (docs/facts/eso.md#conditions).
 */
export function secretStore(store: StoreModel, provider: Provider, namespace: string): KubeObject {
  const { name, kind, namespaces } = store;
  const isCluster = kind === 'ClusterSecretStore';
  return {
    apiVersion: 'external-secrets.io/v1',
    kind,
    metadata: isCluster ? { name } : { name, namespace },
    spec: {
      ...(isCluster && { conditions: [{ namespaces }] }),
      provider:
        provider.type === 'given'
          ? provider.provider
          : { kubernetes: kubernetes(provider, isCluster) },
    },
  };
}

/** References name their namespace in a ClusterSecretStore, and must not in a SecretStore. */
function kubernetes(provider: KubernetesProvider, isCluster: boolean): JsonObject {
  const { remoteNamespace, server, serviceAccount } = provider;
  const home = isCluster ? { namespace: provider.home } : {};
  return {
    remoteNamespace,
    server: {
      url: server,
      caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt', ...home },
    },
    auth: { serviceAccount: { name: serviceAccount, ...home } },
  };
}
