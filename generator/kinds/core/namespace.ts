import type { Kind } from '../kind.ts';

export const coreNamespace: Kind = {
  group: '',
  kind: 'Namespace',
  isOfCluster: true,
  isPrecious: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
};
