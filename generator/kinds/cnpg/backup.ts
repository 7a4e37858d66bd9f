import type { Kind } from '../kind.ts';
import { CNPG, served } from './group.ts';

export const cnpgBackup: Kind = {
  group: CNPG,
  kind: 'Backup',
  served,
};
