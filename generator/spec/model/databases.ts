import { missing, type Path, type Report } from '../../core/finding.ts';
import { type JsonObject, sortBy } from '../../core/json.ts';
import { optional } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { CNPG_VERSION, certificateKeys, loginKeys } from '../../kinds/cnpg/postgres-version.ts';
import { BASIC_AUTH } from '../../kinds/core/secret.ts';
import type {
  AccessKeySpec,
  BackupSpec,
  DatabaseSpec,
  RoleSpec,
  SecretSpec,
  Spec,
} from '../spec.ts';
import {
  type Backup,
  type DatabaseModel,
  type ExtraDatabase,
  type KnownSecret,
  marksOf,
  type Pooler,
  type PostgresLogin,
} from './model.ts';

/** The databases with their defaults. */
export function resolveDatabases(spec: Spec, report: Report): DatabaseModel[] {
  return Object.entries(spec.databases ?? {}).map(([name, database]) =>
    resolveDatabase(name, database, report),
  );
}

function resolveDatabase(name: string, spec: DatabaseSpec, report: Report): DatabaseModel {
  const path = ['databases', name];
  const storage = typeof spec.storage === 'string' ? { size: spec.storage } : (spec.storage ?? {});
  const owner = spec.owner ?? '';
  checkDatabase(spec, storage.size, path, report);
  const superuser = spec.superuser ?? false;
  const superuserSecret = typeof superuser === 'object' ? superuser.secret : undefined;
  const roles = Object.entries(spec.roles ?? {});
  const roleSecrets = roles.flatMap(([, role]) => role.secret ?? []);
  return {
    name,
    path,
    ...marksOf(spec),
    database: spec.database ?? '',
    owner,
    storage: { size: '', ...storage },
    instances: spec.instances ?? 1,
    ...optional('image', spec.image),
    ...optional('ownerSecret', spec.ownerSecret),
    isSuperuserEnabled: superuser !== false,
    superuserSecret,
    extraDatabases: extraDatabases(spec, owner),
    roles: sortBy(
      roles.map(([role, options]) => managedRole(role, options)),
      role => String(role['name']),
    ),
    backup: backup(spec.backup, [...path, 'backup'], report),
    poolers: poolersOf(spec),
    needs: [spec.ownerSecret, superuserSecret, ...roleSecrets].filter(need => need !== undefined),
  };
}

/** Reports missing fields of a database, and reserved names. */
function checkDatabase(
  { database, owner = '', roles = {} }: DatabaseSpec,
  size: string | undefined,
  path: Path,
  report: Report,
): void {
  if (database === undefined) report(missing('database', path, 'database: shopdb'));
  if (owner === '') report(missing('owner', path, 'owner: shop'));
  if (size === undefined) report(missing('storage', path, 'storage: 10Gi'));
  checkRole(owner, [...path, 'owner'], report);
  for (const role of Object.keys(roles)) checkRole(role, [...path, 'roles', role], report);
}

/** CNPG keeps these roles for itself (docs/facts/cnpg.md#reserved-roles). */
function checkRole(role: string, path: Path, report: Report): void {
  if (!/^(postgres|streaming_replica|pg_.*|cnpg_.*)$/.test(role)) return;
  report({
    id: 'reserved-role',
    message: `"${role}" is a role that PostgreSQL or CNPG keeps for itself`,
    hint: 'Choose another name: not postgres, streaming_replica, pg_… or cnpg_….',
    path,
  });
}

function extraDatabases(spec: DatabaseSpec, owner: string): ExtraDatabase[] {
  const extra = spec.extraDatabases ?? {};
  const entries = Array.isArray(extra)
    ? extra.map(name => [name, {}] as const)
    : Object.entries(extra);
  return entries.map(([name, options]) => ({
    name,
    owner: options.owner ?? owner,
    reclaimPolicy: options.reclaimPolicy ?? 'retain',
  }));
}

function managedRole(name: string, { secret, ...options }: RoleSpec): JsonObject {
  return { name, ...options, ...(secret !== undefined && { passwordSecret: { name: secret } }) };
}

function backup(spec: BackupSpec | undefined, path: Path, report: Report): Backup | undefined {
  if (spec === undefined) return undefined;
  const { destinationPath, accessKey, ...options } = spec;
  if (destinationPath === undefined)
    report(missing('destinationPath', path, 'destinationPath: s3://bucket/path'));
  return {
    ...options,
    destinationPath: destinationPath ?? '',
    accessKey: accessKeyOf(accessKey, [...path, 'accessKey'], report),
  };
}

/** The usual names of the keys are those in the documentation of the plugin. */
function accessKeyOf(spec: AccessKeySpec | undefined, path: Path, report: Report) {
  if (spec === undefined) return undefined;
  const { secret = '', id = 'ACCESS_KEY_ID', key = 'ACCESS_SECRET_KEY' } = spec;
  if (secret === '') report(missing('secret', path, 'secret: backup-access'));
  return { secret, id, key };
}

function poolersOf({ poolers = {} }: DatabaseSpec): Pooler[] {
  return Object.entries(poolers).map(
    ([name, { type = 'rw', instances = 1, mode = 'session', parameters }]) => {
      return { name, type, instances, mode, parameters };
    },
  );
}

/** The Secrets that CNPG makes for the databases, by name. */
export function databaseSecrets(
  spec: Spec,
  databases: readonly DatabaseModel[],
): Map<string, KnownSecret> {
  const login = loginKeys(spec.cnpgVersion ?? CNPG_VERSION);
  const secrets = databases.flatMap(database =>
    databaseSecretNames(database).map((name): [string, KnownSecret] => {
      const keys = certificateKeys(name.slice(database.name.length + 1)) ?? login;
      return [name, { ...keys, path: database.path, database: database.name }];
    }),
  );
  return new Map(secrets);
}

/** The Secrets that CNPG makes for a database: `NAME-app` and `NAME-superuser` only if the spec names no others. */
export function databaseSecretNames(database: DatabaseModel): string[] {
  const { name, ownerSecret, isSuperuserEnabled, superuserSecret } = database;
  const isSuperuserMade = isSuperuserEnabled && superuserSecret === undefined;
  return [
    ...(ownerSecret === undefined ? [`${name}-app`] : []),
    ...(isSuperuserMade ? [`${name}-superuser`] : []),
    ...['ca', 'server', 'replication'].map(suffix => `${name}-${suffix}`),
  ];
}

/** Every Secret with a login to one of the databases: those that CNPG makes, and those that it takes from the spec. */
export function loginsOf({ databases = {} }: Spec): Map<string, PostgresLogin> {
  const logins = new Map<string, PostgresLogin>();
  for (const [name, spec] of Object.entries(databases)) {
    const login = { cnpgCluster: name, database: spec.database ?? '' };
    for (const secret of [`${name}-app`, `${name}-superuser`]) logins.set(secret, login);
    for (const { secret, username } of secretLogins(spec))
      logins.set(secret, { ...login, username });
  }
  return logins;
}

/** A login that CNPG takes from a Secret. */
interface SecretLogin {
  readonly secret: string;
  readonly username: string;
  /** Where the database names the Secret, from the database's entry. */
  readonly path: Path;
}

function secretLogins({
  owner = '',
  ownerSecret,
  superuser,
  roles = {},
}: DatabaseSpec): SecretLogin[] {
  const superuserSecret = typeof superuser === 'object' ? superuser.secret : undefined;
  const all = [
    { secret: ownerSecret, username: owner, path: ['ownerSecret'] },
    { secret: superuserSecret, username: 'postgres', path: ['superuser', 'secret'] },
    ...Object.entries(roles).map(([role, { secret }]) => ({
      secret,
      username: role,
      path: ['roles', role, 'secret'],
    })),
  ];
  return all.flatMap(({ secret, ...login }) => (secret === undefined ? [] : { secret, ...login }));
}

/** Reports logins that the operator would refuse (docs/facts/cnpg.md#given-logins). */
export function checkLogins(
  spec: Spec,
  known: ReadonlyMap<string, KnownSecret>,
  report: Report,
): void {
  for (const [name, database] of Object.entries(spec.databases ?? {})) {
    for (const login of secretLogins(database)) {
      checkKeys(login, ['databases', name, ...login.path], known, report);
      checkSecret(login, spec.secrets?.[login.secret] ?? {}, report);
    }
  }
}

function checkKeys(
  { secret: name }: SecretLogin,
  path: Path,
  known: ReadonlyMap<string, KnownSecret>,
  report: Report,
): void {
  const secret = known.get(name);
  if (secret === undefined) {
    const hint = knownNames('secrets', name, known.keys());
    report({ id: 'unknown-secret', message: `there is no secret "${name}"`, hint, path });
    return;
  }
  const lacking = ['username', 'password'].filter(key => !secret.keys.has(key));
  if (lacking.length === 0 || secret.isOpen) return;
  report({
    id: 'unknown-secret-key',
    message: `secret "${name}" lacks ${lacking.map(key => `"${key}"`).join(' and ')}, which a login needs`,
    hint: `Its keys are: ${[...secret.keys].sort().join(', ')}. A template can add username as text.`,
    path,
    related: [{ note: 'the secret', path: secret.path }],
  });
}

/** What the spec itself says of the Secret: a username written as text, and a type. */
function checkSecret(
  { secret, username }: SecretLogin,
  { template, type }: SecretSpec,
  report: Report,
): void {
  const path = ['secrets', secret];
  const text = template?.['username'];
  if (typeof text === 'string' && !text.includes('{{') && text !== username) {
    report({
      id: 'login-username',
      message: `the login is for the role "${username}", and the Secret says "${text}"`,
      hint: `Write username: ${username}.`,
      path: [...path, 'template', 'username'],
    });
  }
  if (type !== undefined && type !== BASIC_AUTH) {
    report({
      id: 'login-type',
      message: `CNPG takes a login only from a Secret of type ${BASIC_AUTH}`,
      hint: 'Leave type out: it is set.',
      path: [...path, 'type'],
    });
  }
}
