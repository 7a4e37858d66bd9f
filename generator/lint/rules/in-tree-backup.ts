import type { Path } from '../../core/finding.ts';
import { isMap, mapAt, mapsAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { type Rule, warning } from '../rule.ts';

export const inTreeBackup: Rule = warning('in-tree-backup', cnpgCluster, object => {
  const [path, ...others] = inTreePaths(object);
  if (path === undefined) return undefined;
  return {
    path,
    message: `Cluster "${object.name}" uses barmanObjectStore, which is deprecated since CloudNativePG 1.26 and to be removed in 1.31`,
    hint: 'Move it to an ObjectStore of the plugin barman-cloud.cloudnative-pg.io, which reads the backups that there are.',
    related: others.map(further => ({ object, path: further, note: 'here too' })),
  };
});

function inTreePaths(object: PlacedObject): Path[] {
  const spec = specOf(object);
  const backup = { map: mapAt(spec, 'backup'), path: ['spec', 'backup'] };
  return [backup, ...mapsAt(spec, ['spec'], 'externalClusters')]
    .filter(({ map }) => isMap(map['barmanObjectStore']))
    .map(({ path }) => [...path, 'barmanObjectStore']);
}
