import { textAt } from '../../core/json.ts';
import { inNamespace, isUnresolved, ofNamespace, strayHint } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { relatedNamespace } from '../../graph/secret-graph.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { CLUSTER_LABEL, CLUSTER_MEMBERS, CLUSTER_PATH } from '../../kinds/cnpg/members.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { coreService } from '../../kinds/kubernetes.ts';
import { isDeclared } from '../../world/object-set.ts';
import { absence, type Rule } from '../rule.ts';

const MEMBERS = [...CLUSTER_MEMBERS, coreService];

export const unknownCluster: Rule = absence('unknown-cluster', MEMBERS, (object, graph) => {
  const { knownKind, json, namespace } = object;
  const path = knownKind === coreService ? SELECTOR : CLUSTER_PATH;
  const name = textAt(json, ...path);
  if (name === undefined || isUnresolved(name) || graph.find(cnpgCluster, namespace, name))
    return undefined;
  if (isDeclared(graph.outside, cnpgCluster.kind, { namespace, name })) return undefined;
  const clusters = graph.byKind(cnpgCluster);
  const sameName = clusters.find(cluster => cluster.name === name);
  return {
    path,
    message: `there is no Cluster "${name}"${inNamespace(namespace)}`,
    hint: sameName
      ? strayHint(namespace, sameName.namespace, ', and it is found in its own only.')
      : hintFor(namespace, name, clusters),
    related: relatedNamespace(sameName, 'a Cluster of that name'),
    absent: { namespace: namespace || undefined, name },
  };
});

const SELECTOR = ['spec', 'selector', CLUSTER_LABEL];

function hintFor(namespace: string, name: string, clusters: readonly PlacedObject[]): string {
  const names = clusters
    .filter(cluster => namespace === '' || [namespace, ''].includes(cluster.namespace))
    .map(cluster => cluster.name);
  const whose = namespace === '' ? '' : ` ${ofNamespace(namespace)}`;
  return knownNames(`Clusters${whose}`, name, names);
}
