import type { BackupScope } from '../../../kinds/backups.ts';
import { cnpgCluster } from '../../../kinds/cnpg/cluster.ts';
import { persistentVolumeClaim } from '../../../kinds/core/persistent-volume-claim.ts';
import { postgresCluster } from '../../../kinds/crunchy/postgres-cluster.ts';
import type { Kind } from '../../../kinds/kind.ts';
import { mariaDb } from '../../../kinds/mariadb/maria-db.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { keepsData } from './kept-data.ts';

const KINDS: Readonly<Partial<Record<BackupScope['what'], Kind>>> = {
  'CNPG Cluster': cnpgCluster,
  MariaDB: mariaDb,
  PostgresCluster: postgresCluster,
  PersistentVolumeClaim: persistentVolumeClaim,
};

/** Whether what was backed up is still there on head; unknown: neither side shows it. */
export function targetState(
  { base, head }: Comparison,
  what: BackupScope['what'],
  target: string,
): 'there' | 'gone' | 'unknown' {
  if (what === 'group') return 'there';
  const [namespace = '', name = ''] = target.split('/');
  const kind = KINDS[what];
  const [was, is] = [base, head].map(graph => {
    const { find, objects } = graph;
    if (kind !== undefined) return find(kind, namespace, name) !== undefined;
    return what === 'dump'
      ? objects.some(object => object.namespace === namespace && keepsData(object, find))
      : objects.some(object => object.namespace === target);
  });
  return is ? 'there' : was ? 'gone' : 'unknown';
}
