import type { JsonObject } from '../../core/json.ts';
import { type KubeObject, optional, plainName } from '../../core/kube-object.ts';
import { CNPG_V1 } from '../../kinds/cnpg/group.ts';
import type { Backup, DatabaseModel, ExtraDatabase, Pooler } from '../model/model.ts';

/** Where the barman plugin keeps a cluster's backups, reached with the instances' IAM role or an access key. */
export function objectStore(name: string, backup: Backup, namespace: string): KubeObject {
  return {
    apiVersion: 'barmancloud.cnpg.io/v1',
    kind: 'ObjectStore',
    metadata: { name, namespace },
    spec: {
      configuration: {
        destinationPath: backup.destinationPath,
        ...optional('endpointURL', backup.endpointURL),
        s3Credentials: credentials(backup),
      },
      ...optional('retentionPolicy', backup.retentionPolicy),
    },
  };
}

function credentials({ accessKey }: Backup): JsonObject {
  if (accessKey === undefined) return { inheritFromIAMRole: true };
  const { secret: name, id, key } = accessKey;
  return { accessKeyId: { name, key: id }, secretAccessKey: { name, key } };
}

/** When a base backup is taken. The method's default is still the in-tree one, so it is named. */
export function scheduledBackup(name: string, schedule: string, namespace: string): KubeObject {
  return {
    apiVersion: CNPG_V1,
    kind: 'ScheduledBackup',
    metadata: { name, namespace },
    spec: {
      schedule,
      cluster: { name },
      method: 'plugin',
      pluginConfiguration: { name: BARMAN_PLUGIN },
    },
  };
}

/** The plugin that archives WAL and takes backups (docs/facts/cnpg.md#backups). */
export const BARMAN_PLUGIN = 'barman-cloud.cloudnative-pg.io';

/** The CNPG Cluster of a database. */
export function cnpgCluster(database: DatabaseModel, namespace: string): KubeObject {
  const { name, storage, owner, ownerSecret, roles, superuserSecret } = database;
  const walArchiver: JsonObject = {
    name: BARMAN_PLUGIN,
    isWALArchiver: true,
    parameters: { barmanObjectName: name },
  };
  return {
    apiVersion: CNPG_V1,
    kind: 'Cluster',
    metadata: { name, namespace },
    spec: {
      instances: database.instances,
      ...optional('imageName', database.image),
      bootstrap: {
        initdb: {
          database: database.database,
          owner,
          ...(ownerSecret !== undefined && { secret: { name: ownerSecret } }),
        },
      },
      ...(database.isSuperuserEnabled && { enableSuperuserAccess: true }),
      ...(superuserSecret !== undefined && { superuserSecret: { name: superuserSecret } }),
      ...(roles.length > 0 && { managed: { roles } }),
      storage: { size: storage.size, ...optional('storageClass', storage.storageClass) },
      ...(database.backup !== undefined && { plugins: [walArchiver] }),
    },
  };
}

/** One more database in a CNPG cluster. */
export function cnpgDatabase(
  extra: ExtraDatabase,
  cnpgCluster: string,
  namespace: string,
): KubeObject {
  return {
    apiVersion: CNPG_V1,
    kind: 'Database',
    metadata: { name: cnpgDatabaseName(extra.name, cnpgCluster), namespace },
    spec: {
      name: extra.name,
      owner: extra.owner,
      cluster: { name: cnpgCluster },
      databaseReclaimPolicy: extra.reclaimPolicy,
    },
  };
}

/** PostgreSQL allows names that Kubernetes does not: `_` and capitals. */
export function cnpgDatabaseName(database: string, cnpgCluster: string): string {
  return `${cnpgCluster}-${plainName(database) || 'database'}`;
}

/** PgBouncer before a CNPG cluster; its Service has its name (docs/facts/cnpg.md#poolers). */
export function cnpgPooler(
  { name, type, instances, mode, parameters }: Pooler,
  cnpgCluster: string,
  namespace: string,
): KubeObject {
  return {
    apiVersion: CNPG_V1,
    kind: 'Pooler',
    metadata: { name, namespace },
    spec: {
      cluster: { name: cnpgCluster },
      type,
      instances,
      pgbouncer: { poolMode: mode, ...optional('parameters', parameters) },
    },
  };
}
