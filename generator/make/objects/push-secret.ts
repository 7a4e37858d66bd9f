import type { KubeObject } from '../../ground/kube-object.ts';
import type { PushModel } from '../model/model.ts';
import type { EntryObject } from './patches.ts';
import type { SecretMakers } from './secret-makers.ts';

/** A PushSecret, which waits for its store and for what makes its Secret. */
export function pushObjects(
  push: PushModel,
  namespace: string,
  makers: SecretMakers,
): EntryObject[] {
  const { kind, name } = push.storeRef;
  const needs = [`${kind}/${name}`, ...makers(push.secret)];
  const hasOwnTerms = push.data.some(entry => 'metadata' in entry);
  return [
    {
      object: pushSecret(push, namespace),
      needs,
      ...(hasOwnTerms && { ownTerms: [[['spec', 'data'], ['keys']]] as const }),
    },
  ];
}

function pushSecret(push: PushModel, namespace: string): KubeObject {
  return {
    apiVersion: 'external-secrets.io/v1alpha1',
    kind: 'PushSecret',
    metadata: { name: push.name, namespace },
    spec: {
      refreshInterval: push.refreshInterval,
      secretStoreRefs: [push.storeRef],
      selector: { secret: { name: push.secret } },
      updatePolicy: push.updatePolicy,
      deletionPolicy: push.deletionPolicy,
      data: push.data,
    },
  };
}
