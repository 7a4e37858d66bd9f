import { mapAt, mapsIn, textAt } from '../core/json.ts';
import { claimOf, fateOfSet } from './core/volumes.ts';
import { type BackupPlan, type DataFate, scopeOf } from './facets.ts';
import type { Find, Kind, Made, PlacedObject } from './kind.ts';
import { namedAfter, servicesWith, specOf } from './kind.ts';
import { referenceReaders, specSelectors } from './secret-refs.ts';

const MARIADB = 'k8s.mariadb.com';

export const mariaDbConnection: Kind = {
  group: MARIADB,
  kind: 'Connection',
  secrets: { mayHoldSymbols: () => true },
  makes: object => connectionSecret(object, ['spec']),
  reads: specSelectors,
};

const PARTS = ['usernameKey', 'passwordKey', 'hostKey', 'portKey', 'databaseKey'];

/** A Secret with the connection, as one text and in parts (docs/facts/operators.md#mariadb-operator). */
function connectionSecret({ json, name }: PlacedObject, path: readonly string[]): Made[] {
  const connection = mapAt(json, ...path);
  if (Object.keys(connection).length === 0) return [];
  const template = mapAt(connection, 'secretTemplate');
  const parts = PARTS.flatMap(part => textAt(template, part) ?? []);
  const keys = [textAt(template, 'key') ?? 'dsn', ...parts];
  const named = textAt(connection, 'secretName');
  if (named === undefined) return [namedAfter(name, keys)];
  return [namedAfter(named, keys, { path: [...path, 'secretName'] })];
}

/** It makes passwords that it is not given (docs/facts/operators.md#mariadb-operator). */
export const mariaDb: Kind = {
  group: MARIADB,
  kind: 'MariaDB',
  data: { isPrecious: true, fate: storageFate },
  secrets: {
    mayHoldSymbols: () => true,
    mayMake: ({ name }, secret) => secret.startsWith(`${name}-`),
  },
  provides: { services: servicesWith('', '-internal', '-primary', '-secondary') },
  makes: object => [
    ...generated(object),
    ...ownPasswords(object),
    ...connectionSecret(object, ['spec', 'connection']),
  ],
  reads: specSelectors,
};

/** Its claims are those of a StatefulSet (docs/facts/operators.md#mariadb-operator). */
function storageFate(object: PlacedObject, find: Find): DataFate | undefined {
  const { ephemeral, storageClassName, volumeClaimTemplate } = mapAt(specOf(object), 'storage');
  if (ephemeral === true) return undefined;
  const claim = { ...mapAt(volumeClaimTemplate), ...claimOf(storageClassName) };
  return fateOfSet(object, ['storage', 'pvcRetentionPolicy'], [claim], find);
}

/** References with `generate`: the operator makes a Secret that does not exist. */
function generated({ json }: PlacedObject): Made[] {
  return mapsIn(json['spec'], ['spec']).flatMap(({ map, path }) => {
    const { name, key, generate } = map;
    if (generate !== true || typeof name !== 'string' || typeof key !== 'string') return [];
    return [namedAfter(name, [key], { path: [...path, 'name'], isShared: true })];
  });
}

function ownPasswords(object: PlacedObject): Made[] {
  const spec = specOf(object);
  const hasRoot = spec['rootPasswordSecretKeyRef'] ?? spec['rootEmptyPassword'];
  const isGiven = ['passwordSecretKeyRef', 'passwordHashSecretKeyRef', 'passwordPlugin'].some(
    field => spec[field] !== undefined,
  );
  const hasUser = spec['username'] !== undefined && !isGiven;
  return [
    ...(hasRoot === undefined || hasRoot === false ? [`${object.name}-root`] : []),
    ...(hasUser ? [`${object.name}-password`] : []),
  ].map(secret => namedAfter(secret, ['password'], { isShared: true }));
}

/** The proxy in front of a MariaDB. Its accounts are made like those of the database. */
export const maxScale: Kind = {
  group: MARIADB,
  kind: 'MaxScale',
  secrets: { ...mariaDb.secrets },
  provides: { services: servicesWith('', '-internal', '-gui') },
  makes: generated,
  reads: specSelectors,
};

export const mariaDbReaders: readonly Kind[] = referenceReaders(
  MARIADB,
  'Database ExternalMariaDB Grant PointInTimeRecovery Restore SqlJob User',
);

/** Its backups, which are repeated if they have a schedule (docs/facts/operators.md#mariadb-operator). */
export const mariaDbBackups: readonly Kind[] = referenceReaders(MARIADB, 'Backup PhysicalBackup', {
  data: { backupPlan: planOf },
});

function planOf(object: PlacedObject): BackupPlan | undefined {
  const { cron, suspend } = mapAt(specOf(object), 'schedule');
  const name = textAt(specOf(object), 'mariaDbRef', 'name');
  const namespace = textAt(specOf(object), 'mariaDbRef', 'namespace') ?? object.namespace;
  if (typeof cron !== 'string' || name === undefined) return undefined;
  return {
    isStopped: suspend === true,
    path: ['spec', 'schedule', suspend === true ? 'suspend' : 'cron'],
    scope: scopeOf('MariaDB', `${namespace}/${name}`),
    schedule: cron,
  };
}
