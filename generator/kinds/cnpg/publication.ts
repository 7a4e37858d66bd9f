import type { Kind } from '../kind.ts';
import { CNPG, served } from './group.ts';

export const publication: Kind = {
  group: CNPG,
  kind: 'Publication',
  served,
  keeps: ['cluster.name', 'dbname', 'name', 'target.allTables'],
};
