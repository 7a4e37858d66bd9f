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

export const unknownExternalCluster: Rule = error(
  'unknown-external-cluster',
  [cnpgCluster, subscription],
  function* (object, graph) {
    const isCluster = object.knownKind === cnpgCluster;
    const cluster = isCluster ? object : cnpgClusterOf(graph, object);
    const clusters = cluster === undefined ? [] : externalClusters(cluster);
    for (const field of isCluster ? SOURCES : [['externalClusterName']]) {
      const name = textAt(specOf(object), ...field);
      if (name === undefined || cluster === undefined) continue;
      if (clusters.includes(name) || clusters.some(isUnresolved) || isUnresolved(name)) continue;
      yield {
        path: ['spec', ...field],
        message: `Cluster "${cluster.name}" has no external cluster "${name}"`,
        hint: knownNames('external clusters', name, clusters),
      };
    }
  },
);

const SOURCES = [...COPY_SOURCES, FOLLOWED_SOURCE];
