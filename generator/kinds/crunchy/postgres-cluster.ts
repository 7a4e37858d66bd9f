import { type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { namedAfter } from '../made.ts';

/** The logins of its users (docs/facts/operators.md#crunchy-postgres-operator). */
export const postgresCluster: Kind = {
  group: 'postgres-operator.crunchydata.com',
  kind: 'PostgresCluster',
  isPrecious: true,
  keepsData: () => true,
  dataFate: () => ({ fate: 'deleted', because: 'the operator deletes its claims' }),
  services: ({ name }) =>
    ['primary', 'replicas', 'ha', 'ha-config', 'pods', 'pgbouncer', 'pgadmin'].map(
      end => `${name}-${end}`,
    ),
  makes: item =>
    usersOf(item).map(user =>
      namedAfter(`${item.name}-pguser-${textAt(user, 'name') ?? ''}`, keysOf(item, user), {
        isShared: true,
      }),
    ),
  /** Certificates, and what its own parts use. */
  mayMakeToo: ({ name }, secret) =>
    secret.startsWith(`${name}-`) && !secret.startsWith(`${name}-pguser-`),
};

/** Without a list there is one user, and one database, of the cluster's name. */
function usersOf(item: Item): readonly JsonObject[] {
  const { users } = specOf(item);
  if (users === undefined) return [{ name: item.name, databases: [item.name] }];
  return listAt(users).map(user => mapAt(user));
}

function keysOf(item: Item, user: JsonObject): string[] {
  const isPooled = mapAt(specOf(item), 'proxy')['pgBouncer'] !== undefined;
  const ofHost = ['host', 'port', ...(isPooled ? ['pgbouncer-host', 'pgbouncer-port'] : [])];
  const ofDatabase = ['dbname', 'uri', 'jdbc-uri'];
  const ofPool = isPooled ? ['pgbouncer-uri', 'pgbouncer-jdbc-uri'] : [];
  const hasDatabase = listAt(user, 'databases').length > 0;
  const login = ['user', 'password', 'verifier'];
  return [...login, ...ofHost, ...(hasDatabase ? [...ofDatabase, ...ofPool] : [])];
}
