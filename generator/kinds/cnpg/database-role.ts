import { type Kind, specOf } from '../kind.ts';
import { refRead } from '../secret-refs.ts';
import { CNPG, served } from './group.ts';

export const databaseRole: Kind = {
  group: CNPG,
  kind: 'DatabaseRole',
  served,
  reads: item =>
    refRead(specOf(item)['passwordSecret'], { path: ['spec', 'passwordSecret'], how: 'cnpg' }),
  keeps: ['cluster.name', 'name'],
};
