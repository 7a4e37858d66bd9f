import type { Kind } from '../kind.ts';

export const persistentVolume: Kind = {
  group: '',
  kind: 'PersistentVolume',
  isOfCluster: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
};
