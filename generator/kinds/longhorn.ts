import { listAt, scalarText, textAt } from '../core/json.ts';
import { type BackupPlan, countRetention, type Retention, scopeOf } from './facets.ts';
import { type Kind, type PlacedObject, specOf } from './kind.ts';
import { specFields } from './secret-refs.ts';

const LONGHORN = 'longhorn.io';
const URL = ['spec', 'backupTargetURL'];

/** Where Longhorn keeps backups of volumes (docs/facts/operators.md#longhorn). */
export const backupTarget: Kind = {
  group: LONGHORN,
  kind: 'BackupTarget',
  reads: specFields('ref', { credentialSecret: [] }),
  data: {
    backupPlace: ({ json }) => {
      const place = textAt(json, ...URL);
      return place === undefined ? undefined : { path: URL, called: place, place };
    },
  },
};

/** A job that Longhorn runs on volumes by a schedule (docs/facts/operators.md#longhorn). */
export const recurringJob: Kind = {
  group: LONGHORN,
  kind: 'RecurringJob',
  data: { backupPlan: planOf, retentions: keptByCount },
};

/** How many backups it keeps; `retain` does not count where the policy is by age. */
function keptByCount(object: PlacedObject): Retention[] {
  const { retain, retentionPolicy } = specOf(object);
  const isCounted = retentionPolicy === undefined || retentionPolicy === 'count-based';
  return isBackup(object) && isCounted ? countRetention(retain, ['spec', 'retain']) : [];
}

/** Whether it makes backups, and not snapshots, which are on the volume itself. */
function isBackup(object: PlacedObject): boolean {
  return /^backup/.test(textAt(specOf(object), 'task') ?? '');
}

function planOf(object: PlacedObject): BackupPlan | undefined {
  if (!isBackup(object)) return undefined;
  return {
    isStopped: false,
    path: ['spec', 'groups'],
    scope: scopeOf('group', ...listAt(specOf(object), 'groups').map(scalarText)),
    schedule: textAt(specOf(object), 'cron'),
  };
}
