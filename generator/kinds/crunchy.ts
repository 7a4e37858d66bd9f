import { type JsonObject, listAt, mapAt, numberIn, textAt, words } from '../core/json.ts';
import { fateOfClaims } from './core/volumes.ts';
import { type BackupPlan, countRetention, type Retention, scopeOf } from './facets.ts';
import { type Kind, namedAfter, type PlacedObject, servicesWith, specOf } from './kind.ts';

const SERVICES = words('-primary -replicas -ha -ha-config -pods -pgbouncer -pgadmin');

/** It makes the logins of its users (docs/facts/operators.md#crunchy-postgres-operator). */
export const postgresCluster: Kind = {
  group: 'postgres-operator.crunchydata.com',
  kind: 'PostgresCluster',
  data: {
    isPrecious: true,
    postgresMajorAt: ['spec', 'postgresVersion'],
    backupPlan: planOf,
    retentions: retentionsOf,
    fate: (object, find) => fateOfClaims(claimSpecs(object), find, 'its claims are deleted'),
  },
  provides: { services: servicesWith(...SERVICES) },
  makes: object =>
    usersOf(object).map(user => {
      const secret = `${object.name}-pguser-${textAt(user, 'name') ?? ''}`;
      return namedAfter(secret, keysOf(object, user), { isShared: true });
    }),
  secrets: {
    mayMake: ({ name }, secret) =>
      secret.startsWith(`${name}-`) && !secret.startsWith(`${name}-pguser-`),
  },
};

function claimSpecs(object: PlacedObject): JsonObject[] {
  return listAt(specOf(object), 'instances').flatMap(instance => [
    mapAt(instance, 'dataVolumeClaimSpec'),
    ...[mapAt(instance, 'walVolumeClaimSpec')].filter(spec => Object.keys(spec).length > 0),
  ]);
}

function usersOf(object: PlacedObject): readonly JsonObject[] {
  const { users } = specOf(object);
  if (users === undefined) return [{ name: object.name, databases: [object.name] }];
  return listAt(users).map(user => mapAt(user));
}

function keysOf(object: PlacedObject, user: JsonObject): string[] {
  const isPooled = mapAt(specOf(object), 'proxy')['pgBouncer'] !== undefined;
  const hasDatabase = listAt(user, 'databases').length > 0;
  const keys = ['user', 'password', 'verifier', 'host', 'port'];
  if (isPooled) keys.push('pgbouncer-host', 'pgbouncer-port');
  if (hasDatabase) keys.push('dbname', 'uri', 'jdbc-uri');
  return isPooled && hasDatabase ? [...keys, 'pgbouncer-uri', 'pgbouncer-jdbc-uri'] : keys;
}

const PGBACKREST = ['backups', 'pgbackrest'];

/** Full backups are made by the schedules of its repositories (docs/facts/operators.md#backups-of-crunchy). */
function planOf(object: PlacedObject): BackupPlan | undefined {
  const repos = listAt(specOf(object), ...PGBACKREST, 'repos');
  const [schedule] = repos.flatMap(repo => textAt(repo, 'schedules', 'full') ?? []);
  if (schedule === undefined) return undefined;
  return {
    isStopped: false,
    path: ['spec', ...PGBACKREST, 'repos'],
    scope: scopeOf('PostgresCluster', `${object.namespace}/${object.name}`),
    schedule,
  };
}

function retentionsOf(object: PlacedObject): Retention[] {
  const settings = mapAt(specOf(object), ...PGBACKREST, 'global');
  return Object.keys(settings)
    .filter(name => /^repo\d-retention-(full|diff|archive)$/.test(name))
    .flatMap(key =>
      countRetention(numberIn(settings[key]), ['spec', ...PGBACKREST, 'global', key]),
    );
}
