import { listAt, mapAt, numberIn } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { specOf } from '../../kinds/kind.ts';
import { localError, type Rule } from '../rule.ts';

/** CNPG refuses such a Cluster (CNPG 1.30, cluster_webhook.go, validateSynchronousReplicaConfiguration). */
export const synchronousNumber: Rule = localError('synchronous-number', cnpgCluster, object => {
  const { instances = 1, maxSyncReplicas, postgresql } = specOf(object);
  const synchronous = mapAt(postgresql, 'synchronous');
  const names = ['standbyNamesPre', 'standbyNamesPost'].flatMap(list => listAt(synchronous, list));
  const most = numberIn(instances);
  const limits = [
    { number: maxSyncReplicas, path: ['maxSyncReplicas'], most },
    {
      number: synchronous['number'],
      path: ['postgresql', 'synchronous', 'number'],
      most: most + names.length,
    },
  ];
  const wrong = limits.filter(({ number, most }) => typeof number === 'number' && number >= most);
  return wrong.map(({ number, path, most }) => ({
    path: ['spec', ...path],
    message: `${path.at(-1)} ${number} is not below the number of instances and standby names, ${most}: CNPG refuses the Cluster`,
    hint: `Raise instances, or lower it below ${most}.`,
    related: [{ object, path: ['spec', 'instances'], note: 'the instances' }],
  }));
});
