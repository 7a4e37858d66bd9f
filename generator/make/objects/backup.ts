import type { JsonObject } from '../../ground/json.ts';
import { type KubeObject, optional } from '../../ground/kube-object.ts';
import { CNPG_V1 } from '../../kinds/cnpg/group.ts';
import type { Backup } from '../model/model.ts';
import { BARMAN_PLUGIN } from './cnpg-cluster.ts';

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
