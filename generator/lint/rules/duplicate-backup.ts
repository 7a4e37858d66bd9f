import { mapAt, sortBy, textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { duplicateGroups } from '../../graph/secret-graph.ts';
import { scheduledBackup } from '../../kinds/cnpg/backups.ts';
import { cnpgClusterNameOf } from '../../kinds/cnpg/members.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { type Rule, warning } from '../rule.ts';

export const duplicateBackup: Rule = warning('duplicate-backup', function* (graph) {
  // By name: a build may change the order of objects.
  const backups = sortBy(graph.byKind(scheduledBackup), ({ name }) => name);
  for (const { last, others } of duplicateGroups(graph, backups, backupOf)) {
    const earlier = others.find(({ name }) => name !== last.name);
    if (earlier === undefined) continue;
    yield {
      object: last,
      path: ['spec', 'schedule'],
      message: `ScheduledBackup "${earlier.name}" takes the same backup of "${cnpgClusterNameOf(last.json)}" at the same time`,
      hint: 'Remove one of them, or give it another schedule.',
      related: [{ object: earlier, path: ['spec', 'schedule'], note: 'the other one' }],
    };
  }
});

function backupOf(object: PlacedObject): string | undefined {
  const { schedule, method, suspend } = specOf(object);
  const cluster = cnpgClusterNameOf(object.json);
  if (typeof schedule !== 'string' || cluster === undefined || suspend === true) return undefined;
  if (isUnresolved(object.namespace + schedule + cluster)) return undefined;
  const plugin = textAt(mapAt(specOf(object), 'pluginConfiguration'), 'name');
  return JSON.stringify([object.namespace, cluster, schedule.trim(), method, plugin]);
}
