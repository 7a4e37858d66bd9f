import type { KubeObject } from '../../ground/kube-object.ts';
import type { ExtraDatabase } from '../model/model.ts';

/** One more database in a CNPG cluster. */
export function cnpgDatabase(extra: ExtraDatabase, cluster: string, namespace: string): KubeObject {
  return {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Database',
    metadata: { name: cnpgDatabaseName(extra.name, cluster), namespace },
    spec: {
      name: extra.name,
      owner: extra.owner,
      cluster: { name: cluster },
      databaseReclaimPolicy: extra.reclaimPolicy,
    },
  };
}

/** PostgreSQL allows names that Kubernetes does not: `_` and capitals. */
export function cnpgDatabaseName(database: string, cluster: string): string {
  const name = database.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `${cluster}-${name.replaceAll(/^-|-$/g, '') || 'database'}`;
}
