import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { Path } from '../../ground/finding.ts';
import { textAt } from '../../ground/json.ts';
import {
  inNamespace,
  inNamespaceOrNone,
  ofNamespace,
  strayHint,
} from '../../ground/namespace-words.ts';
import { knownNames } from '../../ground/suggest.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { CLUSTER_MEMBERS, CLUSTER_PATH, clusterNameOf } from '../../kinds/cnpg/members.ts';
import { CLUSTER_LABEL } from '../../kinds/cnpg/pod-labels.ts';
import { coreService } from '../../kinds/core/service.ts';
import { type Item, specOf } from '../../kinds/kind.ts';
import { isDeclared } from '../../read/sets/object-set.ts';
import type { Rule } from '../rule.ts';

export const unknownCluster: Rule = {
  id: 'unknown-cluster',
  severity: 'error',
  claimsAbsence: 'anywhere',
  summary: 'What belongs to a CNPG Cluster, or selects its pods, names one of its namespace.',

  *check({ byKind, find, outside }) {
    const clusters = byKind(cnpgCluster);
    for (const { item, path, name } of [...members(byKind), ...selectors(byKind)]) {
      if (name === undefined || isUnresolved(name)) continue;
      if (find(cnpgCluster, item.namespace, name) !== undefined) continue;
      if (isDeclared(outside, cnpgCluster.kind, { namespace: item.namespace, name })) continue;
      const other = clusters.find(cluster => cluster.name === name);
      yield {
        item,
        path,
        message: `there is no Cluster "${name}"${inNamespace(item.namespace)}`,
        hint: hintFor(item, name, clusters, other),
        ...(other !== undefined && {
          related: [
            { item: other, path: ['metadata', 'namespace'], note: 'a Cluster of that name' },
          ],
        }),
        absent: { namespace: item.namespace || undefined, name },
      };
    }
  },
};

/** One of that name serves its own namespace only; where none has it, those of the namespace are listed. */
function hintFor(
  { namespace }: Item,
  name: string,
  clusters: readonly Item[],
  other: Item | undefined,
): string {
  if (other !== undefined)
    return (
      strayHint(namespace, other.namespace) ??
      `There is one ${inNamespaceOrNone(other.namespace)}, and it is found in its own only.`
    );
  const here = clusters.filter(
    cluster => namespace === '' || [namespace, ''].includes(cluster.namespace),
  );
  const whose = namespace === '' ? '' : ` ${ofNamespace(namespace)}`;
  return knownNames(
    `Clusters${whose}`,
    name,
    here.map(cluster => cluster.name),
  );
}

interface Named {
  readonly item: Item;
  readonly path: Path;
  readonly name: string | undefined;
}

function members(byKind: SecretGraph['byKind']): Named[] {
  return CLUSTER_MEMBERS.flatMap(byKind).map(item => ({
    item,
    path: CLUSTER_PATH,
    name: clusterNameOf(item.object),
  }));
}

/** A Service selects pods of its own namespace. */
function selectors(byKind: SecretGraph['byKind']): Named[] {
  return byKind(coreService).map(item => ({
    item,
    path: ['spec', 'selector', CLUSTER_LABEL],
    name: textAt(specOf(item), 'selector', CLUSTER_LABEL),
  }));
}
