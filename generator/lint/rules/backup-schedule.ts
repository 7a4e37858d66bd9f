import { textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { scheduledBackup } from '../../kinds/cnpg/backups.ts';
import { specOf } from '../../kinds/kind.ts';
import { localError, type Rule } from '../rule.ts';

export const backupSchedule: Rule = localError('backup-schedule', scheduledBackup, object => {
  const schedule = textAt(specOf(object), 'schedule')?.trim() ?? '@';
  if (schedule.startsWith('@') || isUnresolved(schedule)) return undefined;
  const [zone = ''] = /^TZ=\S+\s+/.exec(schedule) ?? [];
  const fields = schedule.slice(zone.length).split(/\s+/);
  if (fields.length === 6) return undefined;
  const path = ['spec', 'schedule'];
  const [second, minute, hour, day, month] = fields;
  if (fields.length === 5)
    return {
      path,
      severity: 'warning',
      message: `CNPG reads seconds first: "${schedule}" is second ${second}, minute ${minute}, hour ${hour}, day ${day}, month ${month}`,
      hint: `Write ${zone}0 ${fields.join(' ')} for what a CronJob would take it for.`,
    };
  return {
    path,
    message: `CNPG refuses "${schedule}": it has ${fields.length} fields, and a schedule has six`,
    hint: 'Write second, minute, hour, day, month and weekday, such as 0 0 3 * * *.',
  };
});
