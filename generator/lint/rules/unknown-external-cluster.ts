import { textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import {
  COPY_SOURCES,
  cnpgClusterOf,
  externalClusters,
  FOLLOWED_SOURCE,
  subscription,
} from '../../kinds/cnpg/members.ts';
import { specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

export const unknownExternalCluster: Rule = error('unknown-external-cluster', function* (graph) {
  const all = [
    ...graph.byKind(cnpgCluster).map(object => ({ object, cluster: object, fields: SOURCES })),
    ...graph.byKind(subscription).map(object => {
      const cluster = cnpgClusterOf(graph, object);
      return { object, cluster, fields: [['externalClusterName']] };
    }),
  ];
  for (const { object, cluster, fields } of all)
    for (const field of fields) {
      const name = textAt(specOf(object), ...field);
      if (name === undefined || cluster === undefined) continue;
      const clusters = externalClusters(cluster);
      if (clusters.includes(name) || clusters.some(isUnresolved) || isUnresolved(name)) continue;
      yield {
        object,
        path: ['spec', ...field],
        message: `Cluster "${cluster.name}" has no external cluster "${name}"`,
        hint: knownNames('external clusters', name, clusters),
      };
    }
});

const SOURCES = [...COPY_SOURCES, FOLLOWED_SOURCE];
