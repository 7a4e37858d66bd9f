import { isMap, mapAt, mapsAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { specOf } from '../../kinds/kind.ts';
import { type Rule, warning } from '../rule.ts';

export const inTreeBackup: Rule = warning('in-tree-backup', cnpgCluster, object => {
  const spec = specOf(object);
  const backup = { map: mapAt(spec, 'backup'), path: ['spec', 'backup'] };
  const [path, ...others] = [backup, ...mapsAt(spec, ['spec'], 'externalClusters')]
    .filter(({ map }) => isMap(map['barmanObjectStore']))
    .map(place => [...place.path, 'barmanObjectStore']);
  if (path === undefined) return undefined;
  return {
    path,
    message: `Cluster "${object.name}" uses barmanObjectStore, which is deprecated since CloudNativePG 1.26 and to be removed in 1.31`,
    hint: 'Move it to an ObjectStore of the plugin barman-cloud.cloudnative-pg.io, which reads the backups that there are.',
    related: others.map(further => ({ object, path: further, note: 'here too' })),
  };
});
