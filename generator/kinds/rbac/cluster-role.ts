import type { Kind } from '../kind.ts';
import { GROUP, served } from './role.ts';

export const clusterRole: Kind = {
  group: GROUP,
  kind: 'ClusterRole',
  isOfCluster: true,
  isNamedFreely: true,
  served,
};
