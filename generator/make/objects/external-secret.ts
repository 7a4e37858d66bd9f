import { type KubeObject, optional } from '../../ground/kube-object.ts';
import type { SecretModel } from '../model/model.ts';

/** The ExternalSecret that makes a Secret. */
export function externalSecret(secret: SecretModel, namespace: string): KubeObject {
  const { name, externalSecret: own, storeRef, data, dataFrom } = secret;
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: own, namespace },
    spec: {
      ...optional('refreshPolicy', secret.refreshPolicy),
      refreshInterval: secret.refreshInterval,
      ...(storeRef !== undefined && { secretStoreRef: { ...storeRef } }),
      target: {
        name,
        creationPolicy: secret.creationPolicy,
        deletionPolicy: secret.deletionPolicy,
        ...optional('immutable', secret.immutable),
        ...optional('template', secret.template),
      },
      ...(data.length > 0 && { data }),
      ...(dataFrom.length > 0 && { dataFrom }),
    },
  };
}
