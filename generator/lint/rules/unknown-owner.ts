import { textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { relatedName } from '../../graph/secret-graph.ts';
import {
  cnpgClusterOf,
  cnpgDatabase,
  databaseRole,
  declaredRoles,
} from '../../kinds/cnpg/members.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { absenceBeside, type Rule } from '../rule.ts';

export const unknownOwner: Rule = absenceBeside('unknown-owner', cnpgDatabase, (object, graph) => {
  const cnpgCluster = cnpgClusterOf(graph, object);
  const owner = textAt(specOf(object), 'owner');
  if (cnpgCluster === undefined || owner === undefined || isUnresolved(owner)) return undefined;
  const roles = graph.byKind(databaseRole);
  const isBeside = (role: PlacedObject) => cnpgClusterOf(graph, role) === cnpgCluster;
  const owners = declaredRoles(cnpgCluster, roles.filter(isBeside));
  if (owners === undefined || owners.has(owner)) return undefined;
  return {
    path: ['spec', 'owner'],
    message: `Cluster "${cnpgCluster.name}" has no role "${owner}" to own the database`,
    hint: knownNames('roles', owner, owners),
    related: [relatedName(cnpgCluster, 'the Cluster')],
  };
});
