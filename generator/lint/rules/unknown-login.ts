import { knownNames } from '../../core/names.ts';
import { cnpgHosts } from '../../graph/hosts.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { cnpgClusterOf, databaseRole, declaredRoles } from '../../kinds/cnpg/members.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Container } from '../../kinds/pods.ts';
import { absenceBeside, type Rule } from '../rule.ts';

export const unknownLogin: Rule = absenceBeside('unknown-login', cnpgHosts, (host, graph) => {
  const { container } = host;
  const cnpg = graph.find(cnpgCluster, host.namespace, host.cnpgCluster);
  return cnpg && container && unknownUsers(graph, container, cnpg);
});

function* unknownUsers(graph: SecretGraph, container: Container, cnpg: PlacedObject) {
  const roleObjects = graph
    .byKind(databaseRole)
    .filter(role => cnpgClusterOf(graph, role) === cnpg);
  const declared = declaredRoles(cnpg, roleObjects);
  if (declared === undefined) return;
  const roles = new Set([...declared, 'streaming_replica']);
  for (const { name, value, path } of container.env) {
    if (!/(POSTGRES|PG|DB|DATABASE).{0,100}USER(NAME)?$/.test(name)) continue;
    if (value === undefined || value.includes('$') || roles.has(value)) continue;
    yield {
      path: [...path, 'value'],
      message: `Cluster "${cnpg.name}" has no role "${value}"`,
      hint: knownNames('roles', value, roles),
      related: [
        { object: cnpg, path: ['spec', 'bootstrap', 'initdb'], note: 'the owner is named here' },
      ],
    };
  }
}
