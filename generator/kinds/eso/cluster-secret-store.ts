import type { Kind } from '../kind.ts';
import { ESO, served } from './group.ts';
import { loginReads } from './secret-store.ts';

export const clusterSecretStore: Kind = {
  group: ESO,
  kind: 'ClusterSecretStore',
  isOfCluster: true,
  isPrecious: true,
  isUnmistakable: true,
  served,
  reads: loginReads,
  byHand: object => loginReads(object).map(({ secret }) => secret),
};
