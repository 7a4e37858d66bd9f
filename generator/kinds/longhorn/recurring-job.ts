import { listAt, scalarText, textAt } from '../../ground/json.ts';
import { type BackupPlan, countRetention, type Retention } from '../backups.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { LONGHORN } from './backup-target.ts';

/** Something that Longhorn does with volumes by the clock (docs/facts/operators.md#longhorn). */
export const recurringJob: Kind = {
  group: LONGHORN,
  kind: 'RecurringJob',
  backupPlan: planOf,
  keepsBackups: keptByCount,
};

/** By age it keeps them for `retainAge`, and a number says nothing. */
function keptByCount(object: PlacedObject): Retention[] {
  const { retain, retentionPolicy } = specOf(object);
  const isCounted = retentionPolicy === undefined || retentionPolicy === 'count-based';
  return isBackup(object) && isCounted ? countRetention(retain, ['spec', 'retain']) : [];
}

/** Snapshots lie on the volume itself. */
function isBackup(object: PlacedObject): boolean {
  return /^backup/.test(textAt(specOf(object), 'task') ?? '');
}

function planOf(object: PlacedObject): BackupPlan | undefined {
  if (!isBackup(object)) return undefined;
  const cron = textAt(specOf(object), 'cron');
  return {
    isStopped: false,
    path: ['spec', 'groups'],
    scope: {
      what: 'group',
      names: listAt(specOf(object), 'groups').map(scalarText),
      except: [],
      isWhole: true,
    },
    ...(cron !== undefined && { schedule: cron }),
  };
}
