import { TEMPLATE_SPEC } from '../apps/workload.ts';
import type { Kind } from '../kind.ts';

export const replicationController: Kind = {
  group: '',
  kind: 'ReplicationController',
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  pods: { path: TEMPLATE_SPEC },
};
