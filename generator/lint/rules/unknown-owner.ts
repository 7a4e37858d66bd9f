import { clusterOf, declaredRoles } from '../../graph/cnpg-clusters.ts';
import { groupBy } from '../../ground/group-by.ts';
import { textAt } from '../../ground/json.ts';
import { knownNames } from '../../ground/suggest.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { cnpgDatabase } from '../../kinds/cnpg/database.ts';
import { databaseRole } from '../../kinds/cnpg/database-role.ts';
import { type Item, specOf } from '../../kinds/kind.ts';
import type { Rule } from '../rule.ts';

export const unknownOwner: Rule = {
  id: 'unknown-owner',
  severity: 'error',
  claimsAbsence: true,
  summary: 'The owner of each Database is a role of its Cluster.',

  *check(graph) {
    const roles = groupBy(graph.byKind(databaseRole), clusterName);
    for (const item of graph.byKind(cnpgDatabase)) {
      const cluster = clusterOf(graph, item);
      const owner = textAt(specOf(item), 'owner');
      if (cluster === undefined || owner === undefined || isUnresolved(owner)) continue;
      const known = declaredRoles(cluster, roles.get(clusterName(item)) ?? []);
      if (known === undefined || known.has(owner)) continue;
      yield {
        item,
        path: ['spec', 'owner'],
        message: `Cluster "${cluster.name}" has no role "${owner}" to own the database`,
        hint: knownNames('roles', owner, known),
        related: [{ item: cluster, path: ['metadata', 'name'], note: 'the Cluster' }],
      };
    }
  },
};

function clusterName(item: Item): string {
  return `${item.namespace}/${textAt(specOf(item), 'cluster', 'name')}`;
}
