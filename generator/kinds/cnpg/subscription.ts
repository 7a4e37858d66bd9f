import type { Kind } from '../kind.ts';
import { CNPG, served } from './group.ts';

export const subscription: Kind = {
  group: CNPG,
  kind: 'Subscription',
  served,
  keeps: ['cluster.name', 'dbname', 'name'],
};
