import type { Kind } from '../kind.ts';
import { CERT_MANAGER } from './certificate.ts';
import { accountKey, issuerReads } from './issuer.ts';

/** Its Secrets are in the namespace that cert-manager is told, its own unless it is told another. */
export const clusterIssuer: Kind = {
  group: CERT_MANAGER,
  kind: 'ClusterIssuer',
  isOfCluster: true,
  mayMake: accountKey,
  reads: object => issuerReads(object).map(read => ({ ...read, isAnywhere: true })),
};
