import type { Kind } from '../kind.ts';
import { CERT_MANAGER } from './certificate.ts';
import { accountKey } from './issuer.ts';

export const clusterIssuer: Kind = {
  group: CERT_MANAGER,
  kind: 'ClusterIssuer',
  isOfCluster: true,
  mayMake: accountKey,
};
