import type { BackupScope } from '../../../kinds/backups.ts';
import { cnpgCluster } from '../../../kinds/cnpg/cluster.ts';
import { persistentVolumeClaim } from '../../../kinds/core/persistent-volume-claim.ts';
import type { Kind } from '../../../kinds/kind.ts';
import { mariaDb } from '../../../kinds/mariadb/maria-db.ts';
import type { Comparison } from '../../changes/comparison.ts';

const KINDS: Readonly<Partial<Record<BackupScope['what'], Kind>>> = {
  'CNPG Cluster': cnpgCluster,
  MariaDB: mariaDb,
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
  const [was, is] = [base, head].map(({ find, objects }) =>
    kind === undefined
      ? objects.some(object => object.namespace === target)
      : find(kind, namespace, name) !== undefined,
  );
  return is ? 'there' : was ? 'gone' : 'unknown';
}
