import { type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { fateOfClaims } from '../claims-fate.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { namedAfter } from '../made.ts';

/** The logins of its users (docs/facts/operators.md#crunchy-postgres-operator). */
export const postgresCluster: Kind = {
  group: 'postgres-operator.crunchydata.com',
  kind: 'PostgresCluster',
  isPrecious: true,
  dataFate: (item, find) => fateOfClaims(claimSpecs(item), find, 'its claims are deleted'),
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

/** Of the data, and of the log where that has a volume of its own. */
function claimSpecs(item: Item): JsonObject[] {
  return listAt(specOf(item), 'instances').flatMap(instance => [
    mapAt(instance, 'dataVolumeClaimSpec'),
    ...[mapAt(instance, 'walVolumeClaimSpec')].filter(spec => Object.keys(spec).length > 0),
  ]);
}

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
