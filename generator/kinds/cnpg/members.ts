import type { Kind } from '../kind.ts';
import { cnpgBackup } from './backup.ts';
import { cnpgDatabase } from './database.ts';
import { databaseRole } from './database-role.ts';
import { pooler } from './pooler.ts';
import { publication } from './publication.ts';
import { scheduledBackup } from './scheduled-backup.ts';
import { subscription } from './subscription.ts';

/** The kinds that belong to a CNPG Cluster, and name it in `spec.cluster`. */
export const CLUSTER_MEMBERS: readonly Kind[] = [
  cnpgBackup,
  cnpgDatabase,
  databaseRole,
  pooler,
  publication,
  scheduledBackup,
  subscription,
];
