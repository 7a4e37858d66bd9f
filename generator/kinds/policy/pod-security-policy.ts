import type { Kind } from '../kind.ts';

/** Removed, and nothing has taken its place. */
export const podSecurityPolicy: Kind = {
  group: 'policy',
  kind: 'PodSecurityPolicy',
  isOfCluster: true,
  served: { versions: [], since: 'Kubernetes 1.25' },
};
