import { listAt, mapAt, textAt } from '../../core/json.ts';
import { knownNames } from '../../core/names.ts';
import { cnpgHosts } from '../../graph/hosts.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { cnpgClusterNameOf } from '../../kinds/cnpg/cluster-status.ts';
import { databaseRole } from '../../kinds/cnpg/roles.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import type { Container } from '../../kinds/pods.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const unknownLogin: Rule = {
  id: 'unknown-login',
  severity: 'error',
  claimsAbsence: 'beside',
  summary: 'A user that is named beside the host of a Cluster is a role of it.',

  *check(graph) {
    for (const { container, namespace, cnpgCluster: name } of cnpgHosts(graph)) {
      const cnpg = graph.find(cnpgCluster, namespace, name);
      if (cnpg !== undefined && container !== undefined)
        yield* unknownUsers(graph, container, cnpg);
    }
  },
};

function* unknownUsers(
  graph: SecretGraph,
  container: Container,
  cnpg: PlacedObject,
): Iterable<RuleFault> {
  const roles = rolesOf(graph, cnpg);
  if (roles === undefined) return;
  for (const { name, value, path } of container.env) {
    if (!/(POSTGRES|PG|DB|DATABASE).{0,100}USER(NAME)?$/.test(name)) continue;
    if (value === undefined || value.includes('$') || roles.has(value)) continue;
    yield {
      object: container.object,
      path: [...path, 'value'],
      message: `Cluster "${cnpg.name}" has no role "${value}"`,
      hint: knownNames('roles', value, roles),
      related: [
        { object: cnpg, path: ['spec', 'bootstrap', 'initdb'], note: 'the owner is named here' },
      ],
    };
  }
}

/** Fields of initdb that may make more roles. */
const MAKING_ROLES = [
  'postInitSQL',
  'postInitApplicationSQL',
  'postInitApplicationSQLRefs',
  'postInitSQLRefs',
  'import',
];

/** The roles of a Cluster that starts empty. Undefined: a backup, an import or SQL may bring others. */
function rolesOf({ byKind }: SecretGraph, cnpg: PlacedObject): Set<string> | undefined {
  const bootstrap = mapAt(specOf(cnpg), 'bootstrap');
  const initdb = mapAt(bootstrap, 'initdb');
  if (bootstrap['recovery'] !== undefined || bootstrap['pg_basebackup'] !== undefined)
    return undefined;
  if (MAKING_ROLES.some(field => initdb[field] !== undefined)) return undefined;
  const owner = textAt(initdb, 'owner') ?? textAt(initdb, 'database') ?? 'app';
  const managed = listAt(specOf(cnpg), 'managed', 'roles').map(role => textAt(role, 'name') ?? '');
  const objects = byKind(databaseRole)
    .filter(role => cnpgClusterNameOf(role.json) === cnpg.name)
    .map(role => textAt(specOf(role), 'name') ?? role.name);
  return new Set([owner, 'postgres', 'streaming_replica', ...managed, ...objects]);
}
