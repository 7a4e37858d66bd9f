import type { Kind } from '../kind.ts';
import { CNPG, served } from './group.ts';

export const scheduledBackup: Kind = {
  group: CNPG,
  kind: 'ScheduledBackup',
  served,
};
