import type { Kind } from '../kind.ts';

export const podDisruptionBudget: Kind = {
  group: 'policy',
  kind: 'PodDisruptionBudget',
  isUnmistakable: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.25' },
};
