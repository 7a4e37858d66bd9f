import type { Path, Report } from '../source/finding.ts';
import { knownNames } from '../source/suggest.ts';
import type { DatabaseSpec, JsonObject, Named, RoleSpec, Spec } from '../spec/spec.ts';
import { CNPG_VERSION, certificateKeys, loginKeys } from './cnpg.ts';
import { missing } from './missing-field.ts';
import type { Backup, DatabaseModel, ExtraDatabase, KnownSecret } from './model.ts';

/** The databases with their defaults. */
export function resolveDatabases(spec: Spec, report: Report): DatabaseModel[] {
  return Object.entries(spec.databases ?? {}).map(([name, database]) =>
    resolveDatabase(name, database, report),
  );
}

function resolveDatabase(name: string, spec: DatabaseSpec, report: Report): DatabaseModel {
  const path = ['databases', name];
  const storage = typeof spec.storage === 'string' ? { size: spec.storage } : (spec.storage ?? {});
  if (spec.database === undefined) report(missing('database', path, 'database: shopdb'));
  if (spec.owner === undefined) report(missing('owner', path, 'owner: shop'));
  if (storage.size === undefined) report(missing('storage', path, 'storage: 10Gi'));
  const owner = spec.owner ?? '';
  checkOwner(owner, [...path, 'owner'], report);
  const superuser = spec.superuser ?? false;
  const superuserSecret = typeof superuser === 'object' ? superuser.secret : undefined;
  const roles = Object.entries(spec.roles ?? {});
  const roleSecrets = roles.flatMap(([, role]) => role.secret ?? []);
  return {
    name,
    path,
    patch: spec.patch ?? {},
    database: spec.database ?? '',
    owner,
    storage: { size: '', ...storage },
    instances: spec.instances ?? 1,
    image: spec.image,
    ownerSecret: spec.ownerSecret,
    isSuperuserEnabled: superuser !== false,
    superuserSecret,
    extraDatabases: extraDatabases(spec, owner),
    roles: roles.map(([role, options]) => managedRole(role, options)).sort(byName),
    backup: backup(spec.backup, [...path, 'backup'], report),
    needs: [spec.ownerSecret, superuserSecret, ...roleSecrets].filter(need => need !== undefined),
  };
}

/** CNPG keeps these roles for itself (domain-facts.md, section 3). */
function checkOwner(owner: string, path: Path, report: Report): void {
  if (!/^(postgres|streaming_replica|pg_.*|cnpg_.*)$/.test(owner)) return;
  report({
    id: 'reserved-role',
    message: `"${owner}" is a role that PostgreSQL or CNPG keeps for itself`,
    hint: 'Choose another owner: not postgres, streaming_replica, pg_… or cnpg_….',
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

function byName(a: JsonObject, b: JsonObject): number {
  return String(a['name']) < String(b['name']) ? -1 : 1;
}

function backup(spec: DatabaseSpec['backup'], path: Path, report: Report): Backup | undefined {
  if (spec === undefined) return undefined;
  if (spec.destinationPath === undefined) {
    report(missing('destinationPath', path, 'destinationPath: s3://bucket/path'));
  }
  const { destinationPath = '', schedule, retentionPolicy } = spec;
  return { destinationPath, schedule, retentionPolicy };
}

/** The Secrets that CNPG makes for the databases, by name. */
export function databaseSecrets(
  spec: Spec,
  databases: readonly DatabaseModel[],
): Map<string, KnownSecret> {
  const login = loginKeys(spec.cnpgVersion ?? CNPG_VERSION);
  const secrets = new Map<string, KnownSecret>();
  for (const { name, path, ownerSecret, isSuperuserEnabled, superuserSecret } of databases) {
    const made = { path, database: name };
    if (ownerSecret === undefined) secrets.set(`${name}-app`, { ...login, ...made });
    if (isSuperuserEnabled && superuserSecret === undefined) {
      secrets.set(`${name}-superuser`, { ...login, ...made });
    }
    for (const suffix of ['ca', 'server', 'replication'] as const) {
      secrets.set(`${name}-${suffix}`, { ...certificateKeys(suffix), ...made });
    }
  }
  return secrets;
}

/** A login Secret must hold username and password, and PostgreSQL must know the user. */
export function checkLogins(
  databases: readonly DatabaseModel[],
  known: ReadonlyMap<string, KnownSecret>,
  report: Report,
): void {
  for (const { name, ownerSecret, superuserSecret, roles } of databases) {
    const path = ['databases', name];
    if (ownerSecret !== undefined) checkLogin(ownerSecret, [...path, 'ownerSecret'], known, report);
    if (superuserSecret !== undefined) {
      checkLogin(superuserSecret, [...path, 'superuser', 'secret'], known, report);
    }
    for (const { name: role, passwordSecret } of roles as Named<Named<string>>[]) {
      const secret = passwordSecret?.['name'];
      if (secret !== undefined) {
        checkLogin(secret, [...path, 'roles', String(role), 'secret'], known, report);
      }
    }
  }
}

function checkLogin(
  name: string,
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
    message: `secret "${name}" has no key ${lacking.map(key => `"${key}"`).join(' and ')}, which a login needs`,
    hint: `Its keys are: ${[...secret.keys].sort().join(', ')}. A template can add username as text.`,
    path,
    related: [{ message: 'the secret', path: secret.path }],
  });
}
