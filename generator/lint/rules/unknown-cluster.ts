import { textAt } from '../../core/json.ts';
import {
  inNamespace,
  inNamespaceOrNone,
  isUnresolved,
  ofNamespace,
  strayHint,
} from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import {
  CLUSTER_LABEL,
  CLUSTER_MEMBERS,
  CLUSTER_PATH,
  cnpgClusterNameOf,
} from '../../kinds/cnpg/members.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { coreService } from '../../kinds/kubernetes.ts';
import { isDeclared } from '../../world/object-set.ts';
import { absence, type Rule } from '../rule.ts';

export const unknownCluster: Rule = absence('unknown-cluster', function* (graph) {
  const { byKind, find, outside } = graph;
  const clusters = byKind(cnpgCluster);
  const members = CLUSTER_MEMBERS.flatMap(byKind).map(object => ({
    object,
    path: CLUSTER_PATH,
    name: cnpgClusterNameOf(object.json),
  }));
  const selectors = byKind(coreService).map(object => ({
    object,
    path: ['spec', 'selector', CLUSTER_LABEL],
    name: textAt(specOf(object), 'selector', CLUSTER_LABEL),
  }));
  for (const { object, path, name } of [...members, ...selectors]) {
    if (name === undefined || isUnresolved(name)) continue;
    if (find(cnpgCluster, object.namespace, name) !== undefined) continue;
    if (isDeclared(outside, cnpgCluster.kind, { namespace: object.namespace, name })) continue;
    const sameName = clusters.find(cluster => cluster.name === name);
    yield {
      object,
      path,
      message: `there is no Cluster "${name}"${inNamespace(object.namespace)}`,
      hint: hintFor(object, name, clusters, sameName),
      ...(sameName !== undefined && {
        related: [
          { object: sameName, path: ['metadata', 'namespace'], note: 'a Cluster of that name' },
        ],
      }),
      absent: { namespace: object.namespace || undefined, name },
    };
  }
});

function hintFor(
  { namespace }: PlacedObject,
  name: string,
  clusters: readonly PlacedObject[],
  sameName: PlacedObject | undefined,
): string {
  if (sameName !== undefined)
    return (
      strayHint(namespace, sameName.namespace) ??
      `There is one ${inNamespaceOrNone(sameName.namespace)}, and it is found in its own only.`
    );
  const names = clusters
    .filter(cluster => namespace === '' || [namespace, ''].includes(cluster.namespace))
    .map(cluster => cluster.name);
  const whose = namespace === '' ? '' : ` ${ofNamespace(namespace)}`;
  return knownNames(`Clusters${whose}`, name, names);
}
