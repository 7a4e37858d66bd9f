import type { Kind } from '../kind.ts';

export const horizontalPodAutoscaler: Kind = {
  group: 'autoscaling',
  kind: 'HorizontalPodAutoscaler',
  isUnmistakable: true,
  served: { versions: ['v2', 'v1'], since: 'Kubernetes 1.26' },
};
