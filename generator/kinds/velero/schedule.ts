import { listAt, mapAt, textAt } from '../../ground/json.ts';
import { scalarText } from '../../ground/scalar-text.ts';
import type { BackupPlan } from '../backup-plan.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { durationRetention } from '../retention.ts';
import { VELERO } from './group.ts';

const TEMPLATE = ['spec', 'template'];

/** Backups of namespaces by the clock (docs/facts/operators.md#velero). */
export const veleroSchedule: Kind = {
  group: VELERO,
  kind: 'Schedule',
  backupPlan: planOf,
  keepsBackups: item =>
    durationRetention(textAt(specOf(item), 'template', 'ttl') || '720h', [...TEMPLATE, 'ttl']),
};

export const veleroBackup: Kind = { group: VELERO, kind: 'Backup' };

function planOf(item: Item): BackupPlan {
  const { paused, schedule } = specOf(item);
  const template = mapAt(specOf(item), 'template');
  const names = listAt(template, 'includedNamespaces').map(scalarText);
  const isAll = names.length === 0 || names.includes('*');
  const isChosen =
    template['labelSelector'] !== undefined || listAt(template, 'orLabelSelectors').length > 0;
  return {
    isStopped: paused === true,
    path: paused === true ? ['spec', 'paused'] : [...TEMPLATE, 'includedNamespaces'],
    scope: {
      what: 'namespace',
      names: isAll ? 'all' : names,
      except: listAt(template, 'excludedNamespaces').map(scalarText).sort(),
      isWhole: !isChosen,
    },
    ...(typeof schedule === 'string' && { schedule }),
  };
}
