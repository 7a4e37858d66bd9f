import { type KubeObject, optional } from '../../ground/kube-object.ts';
import { CNPG_V1 } from '../../kinds/cnpg/group.ts';
import type { Pooler } from '../model/model.ts';

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
