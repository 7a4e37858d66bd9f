import type { Kind } from '../kind.ts';

export const volumeAttributesClass: Kind = {
  group: 'storage.k8s.io',
  kind: 'VolumeAttributesClass',
  isOfCluster: true,
  served: { versions: ['v1', 'v1beta1'], deprecated: ['v1beta1'], since: 'Kubernetes 1.34' },
};
