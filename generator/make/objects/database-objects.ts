import type { DatabaseModel } from '../model/model.ts';
import { objectStore, scheduledBackup } from './backup.ts';
import { cnpgCluster } from './cnpg-cluster.ts';
import { cnpgDatabase } from './cnpg-database.ts';
import { cnpgPooler } from './cnpg-pooler.ts';
import type { EntryObject } from './patches.ts';
import type { SecretMakers } from './secret-makers.ts';

/** A database's Cluster, its extra Databases and its backups. */
export function databaseObjects(
  database: DatabaseModel,
  namespace: string,
  makers: SecretMakers,
): EntryObject[] {
  const { name, backup, extraDatabases, poolers } = database;
  const needs = [
    ...database.needs.flatMap(makers),
    ...(backup === undefined ? [] : [`ObjectStore/${name}`]),
  ];
  const afterCluster = { needs: [`Cluster/${name}`] };
  return [
    { object: cnpgCluster(database, namespace), needs },
    ...extraDatabases.map(extra => ({
      object: cnpgDatabase(extra, name, namespace),
      ...afterCluster,
    })),
    ...poolers.map(pooler => ({ object: cnpgPooler(pooler, name, namespace), ...afterCluster })),
    ...(backup === undefined
      ? []
      : [
          {
            object: objectStore(name, backup, namespace),
            needs: makers(backup.accessKey?.secret ?? ''),
          },
        ]),
    ...(backup?.schedule === undefined
      ? []
      : [{ object: scheduledBackup(name, backup.schedule, namespace), ...afterCluster }]),
  ];
}
