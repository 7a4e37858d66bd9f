import { twins } from '../../graph/twins.ts';
import { mapAt, textAt } from '../../ground/json.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { clusterNameOf } from '../../kinds/cnpg/members.ts';
import { scheduledBackup } from '../../kinds/cnpg/scheduled-backup.ts';
import { type Item, specOf } from '../../kinds/kind.ts';
import type { Rule } from '../rule.ts';

export const duplicateBackup: Rule = {
  id: 'duplicate-backup',
  severity: 'warning',
  summary: 'No two ScheduledBackups take the same backup at the same time.',

  *check(graph) {
    for (const { last, others } of twins(graph, graph.byKind(scheduledBackup), backupOf)) {
      const other = others.find(({ name }) => name !== last.name);
      if (other === undefined) continue;
      yield {
        item: last,
        path: ['spec', 'schedule'],
        message: `ScheduledBackup "${other.name}" takes the same backup of "${clusterNameOf(last.object)}" at the same time`,
        hint: 'Remove one of them, or give it another schedule.',
        related: [{ item: other, path: ['spec', 'schedule'], note: 'the other one' }],
      };
    }
  },
};

/** What is backed up when, and how; undefined where it is not known, or never. */
function backupOf(item: Item): string | undefined {
  const { schedule, method, suspend } = specOf(item);
  const cluster = clusterNameOf(item.object);
  if (typeof schedule !== 'string' || cluster === undefined || suspend === true) return undefined;
  if (isUnresolved(item.namespace + schedule + cluster)) return undefined;
  const plugin = textAt(mapAt(specOf(item), 'pluginConfiguration'), 'name');
  return JSON.stringify([item.namespace, cluster, schedule.trim(), method, plugin]);
}
