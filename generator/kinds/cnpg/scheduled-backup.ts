import { textAt } from '../../ground/json.ts';
import { type BackupPlan, scopeOf } from '../backups.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { CNPG, served } from './group.ts';

export const scheduledBackup: Kind = {
  group: CNPG,
  kind: 'ScheduledBackup',
  served,
  backupPlan: planOf,
};

/** Of the Cluster that it names, in its namespace. */
function planOf(object: PlacedObject): BackupPlan | undefined {
  const { schedule, suspend } = specOf(object);
  const name = textAt(specOf(object), 'cluster', 'name');
  if (name === undefined) return undefined;
  return {
    isStopped: suspend === true,
    path: suspend === true ? ['spec', 'suspend'] : ['spec', 'cluster', 'name'],
    scope: scopeOf('CNPG Cluster', `${object.namespace}/${name}`),
    ...(typeof schedule === 'string' && { schedule }),
  };
}
