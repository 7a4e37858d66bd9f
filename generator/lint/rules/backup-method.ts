import { clusterOf } from '../../graph/cnpg-clusters.ts';
import { listAt, mapAt, textAt } from '../../ground/json.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { cnpgBackup } from '../../kinds/cnpg/backup.ts';
import { scheduledBackup } from '../../kinds/cnpg/scheduled-backup.ts';
import { type Item, specOf } from '../../kinds/kind.ts';
import type { Rule } from '../rule.ts';

export const backupMethod: Rule = {
  id: 'backup-method',
  severity: 'error',
  summary: 'Each backup is taken by a method that its Cluster is set up for.',

  *check(graph) {
    const backups = [...graph.byKind(scheduledBackup), ...graph.byKind(cnpgBackup)];
    for (const item of backups) {
      const cluster = clusterOf(graph, item);
      const method = textAt(specOf(item), 'method');
      const lack = cluster === undefined ? undefined : lackOf(item, cluster, method);
      if (cluster === undefined || lack === undefined) continue;
      yield {
        item,
        path: ['spec', ...(method === undefined ? [] : ['method'])],
        message: `${method === undefined ? 'without a method' : `with method "${method}"`} this needs ${lack}, which Cluster "${cluster.name}" has not`,
        hint: hintFor(cluster, method),
        related: [{ item: cluster, path: ['spec'], note: 'the Cluster' }],
      };
    }
  },
};

/** The settings that a method needs: without one barmanObjectStore is meant (CRDs, 1.30). */
function lackOf(item: Item, cluster: Item, method = 'barmanObjectStore'): string | undefined {
  if (method !== 'plugin') {
    const isSet = mapAt(specOf(cluster), 'backup')[method] !== undefined;
    return isSet || isUnresolved(method) ? undefined : `backup.${method}`;
  }
  const plugin = textAt(specOf(item), 'pluginConfiguration', 'name');
  if (plugin === undefined || isUnresolved(plugin) || pluginsOf(cluster).includes(plugin))
    return undefined;
  return `"${plugin}" in plugins`;
}

function pluginsOf(cluster: Item): string[] {
  return listAt(specOf(cluster), 'plugins').flatMap(plugin => textAt(plugin, 'name') ?? []);
}

function hintFor(cluster: Item, method: string | undefined): string {
  const [plugin] = pluginsOf(cluster);
  return plugin === undefined || method === 'plugin'
    ? 'Set it up in the Cluster, or take another method.'
    : `Write method: plugin and pluginConfiguration: {name: ${plugin}}.`;
}
