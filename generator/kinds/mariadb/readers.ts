import { mapAt, textAt } from '../../ground/json.ts';
import { type BackupPlan, scopeOf } from '../backups.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { referenceReaders } from '../secret-refs.ts';
import { MARIADB } from './connection.ts';

/** Kinds of the operator that only read Secrets, each by name and key. */
export const mariaDbReaders: readonly Kind[] = referenceReaders(
  MARIADB,
  'Database ExternalMariaDB Grant PointInTimeRecovery Restore SqlJob User',
);

/** Its backups, which come back where they have a schedule (docs/facts/operators.md#mariadb-operator). */
export const mariaDbBackups: readonly Kind[] = referenceReaders(MARIADB, 'Backup PhysicalBackup', {
  backupPlan: planOf,
});

function planOf(object: PlacedObject): BackupPlan | undefined {
  const { cron, suspend } = mapAt(specOf(object), 'schedule');
  const name = textAt(specOf(object), 'mariaDbRef', 'name');
  const namespace = textAt(specOf(object), 'mariaDbRef', 'namespace') ?? object.namespace;
  if (typeof cron !== 'string' || name === undefined) return undefined;
  return {
    isStopped: suspend === true,
    path: ['spec', 'schedule', suspend === true ? 'suspend' : 'cron'],
    scope: scopeOf('MariaDB', `${namespace}/${name}`),
    schedule: cron,
  };
}
