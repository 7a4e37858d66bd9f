import type { Kind } from '../kind.ts';
import { authenticationReads, KEDA } from './trigger-authentication.ts';

export const clusterTriggerAuthentication: Kind = {
  group: KEDA,
  kind: 'ClusterTriggerAuthentication',
  isOfCluster: true,
  reads: authenticationReads,
};
