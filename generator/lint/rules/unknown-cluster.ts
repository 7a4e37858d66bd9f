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

export const unknownCluster: Rule = absence('unknown-cluster', function* (graph) {
  const { byKind, find, outside } = graph;
  const clusters = byKind(cnpgCluster);
  const members = CLUSTER_MEMBERS.flatMap(byKind).map(object => ({ object, path: CLUSTER_PATH }));
  const services = byKind(coreService).map(object => ({ object, path: SELECTOR }));
  for (const { object, path } of [...members, ...services]) {
    const name = textAt(object.json, ...path.map(String));
    const { namespace } = object;
    if (name === undefined || isUnresolved(name) || find(cnpgCluster, namespace, name)) continue;
    if (isDeclared(outside, cnpgCluster.kind, { namespace, name })) continue;
    const sameName = clusters.find(cluster => cluster.name === name);
    yield {
      object,
      path,
      message: `there is no Cluster "${name}"${inNamespace(namespace)}`,
      hint: sameName
        ? strayHint(namespace, sameName.namespace, ', and it is found in its own only.')
        : hintFor(namespace, name, clusters),
      related: relatedNamespace(sameName, 'a Cluster of that name'),
      absent: { namespace: namespace || undefined, name },
    };
  }
});

const SELECTOR = ['spec', 'selector', CLUSTER_LABEL];

function hintFor(namespace: string, name: string, clusters: readonly PlacedObject[]): string {
  const names = clusters
    .filter(cluster => namespace === '' || [namespace, ''].includes(cluster.namespace))
    .map(cluster => cluster.name);
  const whose = namespace === '' ? '' : ` ${ofNamespace(namespace)}`;
  return knownNames(`Clusters${whose}`, name, names);
}
