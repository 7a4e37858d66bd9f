import { type KubeObject, optional } from '../../ground/kube-object.ts';
import { CNPG_V1 } from '../../kinds/cnpg/group.ts';
import type { DatabaseModel } from '../model/model.ts';

/** The plugin that archives WAL and takes backups (docs/facts/cnpg.md#backups). */
export const BARMAN_PLUGIN = 'barman-cloud.cloudnative-pg.io';

/** The CNPG Cluster of a database. */
export function cnpgCluster(database: DatabaseModel, namespace: string): KubeObject {
  const { name, storage, roles, superuserSecret } = database;
  return {
    apiVersion: CNPG_V1,
    kind: 'Cluster',
    metadata: { name, namespace },
    spec: {
      instances: database.instances,
      ...optional('imageName', database.image),
      bootstrap: { initdb: initdb(database) },
      ...(database.isSuperuserEnabled && { enableSuperuserAccess: true }),
      ...(superuserSecret !== undefined && { superuserSecret: { name: superuserSecret } }),
      ...(roles.length > 0 && { managed: { roles } }),
      storage: { size: storage.size, ...optional('storageClass', storage.storageClass) },
      ...(database.backup !== undefined && { plugins: [walArchiver(name)] }),
    },
  };
}

function initdb({ database, owner, ownerSecret }: DatabaseModel): object {
  return {
    database,
    owner,
    ...(ownerSecret !== undefined && { secret: { name: ownerSecret } }),
  };
}

function walArchiver(barmanObjectName: string): object {
  return { name: BARMAN_PLUGIN, isWALArchiver: true, parameters: { barmanObjectName } };
}
