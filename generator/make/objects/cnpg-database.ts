import type { KubeObject } from '../../ground/kube-object.ts';
import { plainName } from '../../ground/plain-name.ts';
import { CNPG_V1 } from '../../kinds/cnpg/group.ts';
import type { ExtraDatabase } from '../model/model.ts';

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
