import type { Kind } from '../kind.ts';
import { ESO, served } from './group.ts';
import { storeReads } from './secret-store.ts';

export const clusterSecretStore: Kind = {
  group: ESO,
  kind: 'ClusterSecretStore',
  isOfCluster: true,
  isPrecious: true,
  isUnmistakable: true,
  served,
  reads: storeReads,
  byHand: object => storeReads(object).map(({ secret }) => secret),
};
