import { inNamespace } from '../../ground/namespace-words.ts';
import { knownNames } from '../../ground/suggest.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { CLUSTER_MEMBERS, CLUSTER_PATH, clusterNameOf } from '../../kinds/cnpg/members.ts';
import type { Rule } from '../rule.ts';

export const unknownCluster: Rule = {
  id: 'unknown-cluster',
  severity: 'error',
  claimsAbsence: 'anywhere',
  summary: 'Each CNPG object that belongs to a Cluster names one of its namespace.',

  *check({ byKind, find, outside }) {
    for (const item of CLUSTER_MEMBERS.flatMap(byKind)) {
      const name = clusterNameOf(item.object);
      if (name === undefined || isUnresolved(name)) continue;
      if (find(cnpgCluster, item.namespace, name) !== undefined) continue;
      if (outside.objects.has(`${cnpgCluster.kind}/${item.namespace}/${name}`)) continue;
      const here = byKind(cnpgCluster).filter(({ namespace }) => namespace === item.namespace);
      yield {
        item,
        path: CLUSTER_PATH,
        message: `there is no Cluster "${name}"${inNamespace(item.namespace)}`,
        hint: knownNames(
          'Clusters',
          name,
          here.map(other => other.name),
        ),
      };
    }
  },
};
