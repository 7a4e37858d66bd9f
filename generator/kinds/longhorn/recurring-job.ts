import { listAt, textAt } from '../../ground/json.ts';
import { scalarText } from '../../ground/scalar-text.ts';
import type { BackupPlan } from '../backup-plan.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { countRetention, type Retention } from '../retention.ts';
import { LONGHORN } from './group.ts';

/** Something that Longhorn does with volumes by the clock (docs/facts/operators.md#longhorn). */
export const recurringJob: Kind = {
  group: LONGHORN,
  kind: 'RecurringJob',
  backupPlan: planOf,
  keepsBackups: keptByCount,
};

/** By age it keeps them for `retainAge`, and a number says nothing. */
function keptByCount(item: Item): Retention[] {
  const { retain, retentionPolicy } = specOf(item);
  const isCounted = retentionPolicy === undefined || retentionPolicy === 'count-based';
  return isBackup(item) && isCounted ? countRetention(retain, ['spec', 'retain']) : [];
}

/** Snapshots lie on the volume itself. */
function isBackup(item: Item): boolean {
  return /^backup/.test(textAt(specOf(item), 'task') ?? '');
}

function planOf(item: Item): BackupPlan | undefined {
  if (!isBackup(item)) return undefined;
  const cron = textAt(specOf(item), 'cron');
  return {
    isStopped: false,
    path: ['spec', 'groups'],
    scope: {
      what: 'group',
      names: listAt(specOf(item), 'groups').map(scalarText),
      except: [],
      isWhole: true,
    },
    ...(cron !== undefined && { schedule: cron }),
  };
}
