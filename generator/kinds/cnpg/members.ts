import type { Path } from '../../ground/finding.ts';
import { textAt } from '../../ground/json.ts';
import type { Find, Kind, PlacedObject } from '../kind.ts';
import { cnpgBackup } from './backup.ts';
import { cnpgCluster } from './cluster.ts';
import { cnpgDatabase } from './database.ts';
import { databaseRole } from './database-role.ts';
import { pooler } from './pooler.ts';
import { publication } from './publication.ts';
import { scheduledBackup } from './scheduled-backup.ts';
import { subscription } from './subscription.ts';

/** The kinds that belong to a CNPG Cluster, and name it. */
export const CLUSTER_MEMBERS: readonly Kind[] = [
  cnpgBackup,
  cnpgDatabase,
  databaseRole,
  pooler,
  publication,
  scheduledBackup,
  subscription,
];

/** Where each of them names its Cluster. */
export const CLUSTER_PATH: Path = ['spec', 'cluster', 'name'];

/** The name of the Cluster that an object belongs to, in its namespace. */
export function cnpgClusterNameOf(object: unknown): string | undefined {
  return textAt(object, ...CLUSTER_PATH.map(String));
}

/** The CNPG Cluster that an object belongs to. */
export function cnpgClusterOf(
  { find }: { readonly find: Find },
  object: PlacedObject,
): PlacedObject | undefined {
  return find(cnpgCluster, object.namespace, cnpgClusterNameOf(object.json) ?? '');
}
