import { fixedAt } from '../fixed-fields.ts';
import type { Kind } from '../kind.ts';
import { csiClass } from './csi-secrets.ts';

export const storageClass: Kind = {
  ...csiClass,
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  served: { versions: ['v1'], since: 'Kubernetes 1.22' },
  fixed: fixedAt(['provisioner'], ['parameters'], ['reclaimPolicy'], ['volumeBindingMode']),
};
