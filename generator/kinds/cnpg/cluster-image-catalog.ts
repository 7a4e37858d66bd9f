import type { Kind } from '../kind.ts';
import { CNPG, served } from './group.ts';

export const clusterImageCatalog: Kind = {
  group: CNPG,
  kind: 'ClusterImageCatalog',
  served,
  isOfCluster: true,
};
