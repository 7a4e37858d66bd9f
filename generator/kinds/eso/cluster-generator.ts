import type { Kind } from '../kind.ts';
import { GENERATORS, servedAlpha } from './group.ts';

export const clusterGenerator: Kind = {
  group: GENERATORS,
  kind: 'ClusterGenerator',
  isOfCluster: true,
  served: servedAlpha,
  secretFields: ['fakeSpec'],
};
