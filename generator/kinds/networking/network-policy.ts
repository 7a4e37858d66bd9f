import type { Kind } from '../kind.ts';

export const networkPolicy: Kind = {
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  served: { versions: ['v1'], since: 'Kubernetes 1.22', formerly: ['extensions'] },
};
