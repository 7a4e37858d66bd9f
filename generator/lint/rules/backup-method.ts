import { listAt, mapAt, textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { cnpgBackup, scheduledBackup } from '../../kinds/cnpg/backups.ts';
import { cnpgClusterOf } from '../../kinds/cnpg/members.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

const BACKUPS = [scheduledBackup, cnpgBackup];

export const backupMethod: Rule = error('backup-method', BACKUPS, function* (object, graph) {
  const cnpgCluster = cnpgClusterOf(graph, object);
  if (cnpgCluster === undefined) return;
  yield* otherServer(object, cnpgCluster);
  const method = textAt(specOf(object), 'method');
  const lack = lackOf(object, cnpgCluster, method);
  if (lack === undefined) return;
  const [plugin] = pluginsOf(cnpgCluster);
  yield {
    path: ['spec', ...(method === undefined ? [] : ['method'])],
    message: `${method === undefined ? 'without a method' : `with method "${method}"`} this needs ${lack}, which Cluster "${cnpgCluster.name}" has not`,
    hint:
      plugin === undefined || method === 'plugin'
        ? 'Set it up in the Cluster, or take another method.'
        : `Write method: plugin and pluginConfiguration: {name: ${plugin}}.`,
    related: [{ object: cnpgCluster, path: ['spec'], note: 'the Cluster' }],
  };
});

/** The plugin takes the parameters of the Cluster, whatever the backup says (docs/facts/cnpg.md#backups). */
function* otherServer(object: PlacedObject, cluster: PlacedObject) {
  const { name, parameters } = mapAt(specOf(object), 'pluginConfiguration');
  const plugin = listAt(specOf(cluster), 'plugins').find(entry => textAt(entry, 'name') === name);
  if (plugin === undefined) return;
  const usual: Readonly<Record<string, string>> = { serverName: cluster.name };
  for (const field of ['serverName', 'barmanObjectName']) {
    const expected = textAt(parameters, field);
    const actual = textAt(plugin, 'parameters', field) ?? usual[field];
    if (expected === undefined || actual === undefined || expected === actual) continue;
    if (isUnresolved(expected + actual)) continue;
    yield {
      path: ['spec', 'pluginConfiguration', 'parameters', field],
      severity: 'warning' as const,
      message: `${field} "${expected}" is not read: the backup goes where Cluster "${cluster.name}" archives to, with ${field} "${actual}"`,
      hint: `Leave the parameter out, or write ${field}: ${actual}.`,
      related: [{ object: cluster, path: ['spec', 'plugins'], note: 'the plugin of the Cluster' }],
    };
  }
}

/** The setting that a Cluster lacks for a method, by default barmanObjectStore (CRDs, 1.30). */
function lackOf(object: PlacedObject, cnpgCluster: PlacedObject, method = 'barmanObjectStore') {
  if (method !== 'plugin') {
    const isSet = mapAt(specOf(cnpgCluster), 'backup')[method] !== undefined;
    return isSet || isUnresolved(method) ? undefined : `backup.${method}`;
  }
  const plugin = textAt(specOf(object), 'pluginConfiguration', 'name');
  if (plugin === undefined || isUnresolved(plugin) || pluginsOf(cnpgCluster).includes(plugin))
    return undefined;
  return `"${plugin}" in plugins`;
}

function pluginsOf(cnpgCluster: PlacedObject): string[] {
  return listAt(specOf(cnpgCluster), 'plugins').flatMap(plugin => textAt(plugin, 'name') ?? []);
}
