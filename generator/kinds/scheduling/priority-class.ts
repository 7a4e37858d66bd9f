import { fixedAt } from '../fixed-fields.ts';
import type { Kind } from '../kind.ts';

export const priorityClass: Kind = {
  group: 'scheduling.k8s.io',
  kind: 'PriorityClass',
  isOfCluster: true,
  served: { versions: ['v1'], since: 'Kubernetes 1.22' },
  fixed: fixedAt(['value'], ['preemptionPolicy']),
};
