import { fixedAt } from '../fixed-fields.ts';
import type { Kind } from '../kind.ts';

export const storageClass: Kind = {
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  isOfCluster: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.22' },
  fixed: fixedAt(['provisioner'], ['parameters'], ['reclaimPolicy'], ['volumeBindingMode']),
};
