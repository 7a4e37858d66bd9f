import { textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import {
  COPY_SOURCES,
  cnpgClusterOf,
  externalClusters,
  FOLLOWED_SOURCE,
  subscription,
} from '../../kinds/cnpg/database.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

export const unknownExternalCluster: Rule = error('unknown-external-cluster', function* (graph) {
  for (const { object, cnpgCluster, path, name } of namedSources(graph)) {
    const clusters = externalClusters(cnpgCluster);
    if (clusters.includes(name) || clusters.some(isUnresolved) || isUnresolved(name)) continue;
    yield {
      object,
      path,
      message: `Cluster "${cnpgCluster.name}" has no external cluster "${name}"`,
      hint: knownNames('external clusters', name, clusters),
    };
  }
});

function namedSources(graph: SecretGraph) {
  const ofClusters = graph
    .byKind(cnpgCluster)
    .flatMap(object =>
      [...COPY_SOURCES, FOLLOWED_SOURCE].flatMap(fields => sourceAt(object, object, fields)),
    );
  const ofSubscriptions = graph
    .byKind(subscription)
    .flatMap(object => sourceAt(object, cnpgClusterOf(graph, object), ['externalClusterName']));
  return [...ofClusters, ...ofSubscriptions];
}

function sourceAt(
  object: PlacedObject,
  cnpgCluster: PlacedObject | undefined,
  fields: readonly string[],
) {
  const name = textAt(specOf(object), ...fields);
  return name === undefined || cnpgCluster === undefined
    ? []
    : [{ object, cnpgCluster, path: ['spec', ...fields], name }];
}
