import { listAt, mapAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { specOf } from '../../kinds/kind.ts';
import { localError, type Rule } from '../rule.ts';

/** CNPG refuses such a Cluster (CNPG 1.30, cluster_webhook.go, validateSynchronousReplicaConfiguration). */
export const synchronousNumber: Rule = localError('synchronous-number', function* (graph) {
  for (const object of graph.byKind(cnpgCluster)) {
    const { instances = 1, maxSyncReplicas, postgresql } = specOf(object);
    const synchronous = mapAt(postgresql, 'synchronous');
    const names = ['standbyNamesPre', 'standbyNamesPost'].flatMap(list =>
      listAt(synchronous, list),
    );
    const limits = [
      { number: maxSyncReplicas, path: ['maxSyncReplicas'], most: Number(instances) },
      {
        number: synchronous['number'],
        path: ['postgresql', 'synchronous', 'number'],
        most: Number(instances) + names.length,
      },
    ];
    for (const { number, path, most } of limits)
      if (typeof number === 'number' && number >= most)
        yield {
          object,
          path: ['spec', ...path],
          message: `${path.at(-1)} ${number} is not below the number of instances and standby names, ${most}: CNPG refuses the Cluster`,
          hint: `Raise instances, or lower it below ${most}.`,
          related: [{ object, path: ['spec', 'instances'], note: 'the instances' }],
        };
  }
});
