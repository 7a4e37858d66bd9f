import { missing, type Path, type Report } from '../../core/finding.ts';
import { isMap, type JsonObject, mapAt, mergedMaps, textAt, valueAt } from '../../core/json.ts';
import { optional } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { objectStore } from '../../kinds/cnpg/backups.ts';
import { METHODS, methodOf } from '../../kinds/cnpg/cluster.ts';
import { CNPG_VERSION, certificateKeys, loginKeys } from '../../kinds/cnpg/group.ts';
import { COPY_SOURCES, FOLLOWED_SOURCE } from '../../kinds/cnpg/members.ts';
import { VOLUME_SNAPSHOT } from '../../kinds/core/volumes.ts';
import { placedObject } from '../../kinds/kinds.ts';
import {
  archivesIn,
  archivesOf,
  clusterTerms,
  cnpgCluster,
  databaseObjects,
  readsOf,
  storageOf,
} from '../objects/cnpg.ts';
import { ownTermPath } from '../objects/patches.ts';
import { type LevelledPart, type PlacedField, placedFields, withPlaced } from '../own-fields.ts';
import type { AccessKeySpec, BackupSpec, DatabaseSpec, Spec } from '../spec.ts';
import type {
  Archive,
  Backup,
  DatabaseModel,
  Entry,
  EntryObject,
  ExternalCluster,
  MadeSecret,
  Model,
  PostgresLogin,
  SecretLookup,
} from './model.ts';
import { checkSecret } from './model.ts';

export function resolveDatabase(entry: Entry<DatabaseSpec>, report: Report): DatabaseModel {
  const { name, path, spec } = entry;
  const placed = placedFields('database', spec);
  const { parameters: value } = spec;
  const named = namesIn(spec);
  checkDatabase(entry, report);
  const backup = spec.backup && resolveBackup(name, spec.backup, [...path, 'backup'], report);
  return {
    ...entry,
    ...named,
    fields: [
      ...placed.filter(field => field.name !== 'plugins'),
      ...(value === undefined ? [] : [{ name: 'parameters', value, path: PARAMETERS }]),
    ],
    bootstrap: bootstrapOf(spec),
    backup,
    externalClusters: externalClustersOf(entry, backup, report),
    hasOwnTerms: hasOwnTerms(spec, placed),
  };
}

function hasOwnTerms(spec: DatabaseSpec, placed: readonly PlacedField[]): boolean {
  const { storage, walStorage, backup, externalClusters = {}, recovery, roles = {} } = spec;
  const parts: readonly (readonly [LevelledPart, unknown])[] = [
    ['storage', storage],
    ['storage', walStorage],
    ['backup', backup],
    ['scheduledBackup', backup?.schedule],
    ['recovery', recovery],
    ...Object.values(externalClusters).map(cluster => ['externalCluster', cluster] as const),
    ...Object.values(roles).map(role => ['role', role] as const),
  ];
  return (
    placed.length > 0 ||
    parts.some(([part, entry]) => isMap(entry) && placedFields(part, entry).length > 0)
  );
}

const PARAMETERS = ['spec', 'postgresql', 'parameters'];

const APP = 'app';

/** The database and its owner, by default as CNPG names them (docs/facts/cnpg.md#bootstrap). */
function namesIn(spec: DatabaseSpec): { readonly database: string; readonly owner: string } {
  const bootstrap = mapAt(bootstrapOf(spec), methodOf(spec));
  const fields = mapAt(spec, methodOf(spec));
  const database = textAt(bootstrap, 'database') ?? textAt(fields, 'database') ?? APP;
  return { database, owner: textAt(bootstrap, 'owner') ?? textAt(fields, 'owner') ?? database };
}

function bootstrapOf(spec: DatabaseSpec): JsonObject | undefined {
  const { database = APP, owner = database, ownerSecret, recovery } = spec;
  const isNamed = spec.database !== undefined || spec.owner !== undefined;
  const words = {
    ...(isNamed && { database, owner }),
    ...(ownerSecret !== undefined && { secret: { name: ownerSecret } }),
  };
  const options = recovery === undefined ? words : { ...words, ...recoveryOf(recovery) };
  const hasOptions = recovery !== undefined || Object.keys(options).length > 0;
  return hasOptions ? { [methodOf(spec)]: options } : undefined;
}

function recoveryOf({ from, serverName: _, ...fields }: NonNullable<DatabaseSpec['recovery']>) {
  if (typeof from === 'string') return { source: from, ...fields };
  const { volumeSnapshot: snapshot } = from ?? {};
  if (snapshot === undefined) return fields;
  const storage = { ...VOLUME_SNAPSHOT, name: snapshot };
  return mergedMaps({ volumeSnapshots: { storage } }, fields);
}

function checkDatabase({ path, spec }: Entry<DatabaseSpec>, report: Report): void {
  const { owner = '', roles = {}, recovery } = spec;
  const storage = storageOf(spec.storage ?? {});
  if (storage['size'] === undefined && storage['pvcTemplate'] === undefined)
    report(missing('storage', path, 'storage: 10Gi'));
  checkSizes(spec, path, report);
  checkRole(owner, [...path, 'owner'], report);
  for (const role of Object.keys(roles)) checkRole(role, [...path, 'roles', role], report);
  const methods = METHODS.filter(method => Object.hasOwn(spec, method));
  if (methods.length > 1) {
    const message = `${methods.join(' and ')} are two ways to make a database`;
    const hint = `Take one out; an environment does that with \`${methods.at(-1)}: null\`.`;
    const at = [...path, methods[0] ?? ''];
    report({ id: 'several-bootstraps', message, hint, path: at, isAboutName: true });
  }
  const isFrom = ['backup', 'volumeSnapshots'].some(field => Object.hasOwn(recovery ?? {}, field));
  if (recovery !== undefined && recovery.from === undefined && !isFrom)
    report(missing('from', [...path, 'recovery'], 'from: backup'));
  const both = mapAt(spec, 'postgresql', 'parameters');
  for (const name of Object.keys(spec.parameters ?? {}).filter(key => Object.hasOwn(both, key))) {
    const message = `"${name}" stands under postgresql.parameters too`;
    const hint = 'Write it once, under parameters.';
    const at = [...path, 'parameters', name];
    report({ id: 'duplicate-parameter', message, hint, path: at, isAboutName: true });
  }
}

function checkSizes(spec: DatabaseSpec, path: Path, report: Report): void {
  for (const field of ['storage', 'walStorage'] as const) {
    const { size } = storageOf(spec[field] ?? {});
    if (typeof size === 'string' && /^\d+$/.test(size))
      report({
        id: 'no-unit',
        message: `${size} without a unit is ${size} bytes`,
        hint: `Write ${size}Gi, or another unit.`,
        path: [...path, field, ...(typeof spec[field] === 'string' ? [] : ['size'])],
      });
  }
}

/** CNPG keeps these roles for itself (docs/facts/cnpg.md#reserved-roles). */
function checkRole(role: string, path: Path, report: Report): void {
  if (!/^(postgres|streaming_replica|pg_.*|cnpg_.*)$/.test(role)) return;
  const message = `"${role}" is a role that PostgreSQL or CNPG keeps for itself`;
  const hint = 'Choose another name: not postgres, streaming_replica, pg_… or cnpg_….';
  report({ id: 'reserved-role', message, hint, path });
}

/** The Secrets that CNPG makes for databases: `NAME-app` and `NAME-superuser` only if the spec names no others. */
export function databaseSecrets(spec: Spec, databases: readonly DatabaseModel[]): MadeSecret[] {
  const login = loginKeys(spec.cnpgVersion ?? CNPG_VERSION);
  return databases.flatMap(database => {
    const { name: cluster, path } = database;
    const built = placedObject(cnpgCluster(database, ''), 0, [], '');
    return (built.knownKind?.makes?.(built, () => undefined) ?? []).map(({ secret: name }) => {
      const keys = certificateKeys(name.slice(cluster.length + 1)) ?? login;
      return { name, maker: `Cluster/${cluster}`, ...keys, path };
    });
  });
}

/** Every Secret with a login to one of the databases: those that CNPG makes, and those that it takes from the spec. */
export function loginsOf({ databases = {} }: Spec): Map<string, PostgresLogin> {
  const logins = new Map<string, PostgresLogin>();
  for (const [name, spec] of Object.entries(databases)) {
    const login = { cnpgCluster: name, database: namesIn(spec).database };
    for (const secret of [`${name}-app`, `${name}-superuser`]) logins.set(secret, login);
    for (const { secret, username } of secretLogins(spec))
      logins.set(secret, { ...login, username });
  }
  return logins;
}

function secretLogins(spec: DatabaseSpec) {
  const { ownerSecret, superuser, roles = {} } = spec;
  const { owner } = namesIn(spec);
  const ofRoles = Object.entries(roles).map(([username, { secret }]) => {
    return { secret, username, path: ['roles', username, 'secret'] };
  });
  const all = [
    { secret: ownerSecret, username: owner, path: ['ownerSecret'] },
    { secret: textAt(superuser, 'secret'), username: 'postgres', path: ['superuser', 'secret'] },
    ...ofRoles,
  ];
  return all.flatMap(({ secret, ...login }) => (secret === undefined ? [] : { secret, ...login }));
}

/** Reports Secrets, keys, ObjectStores and external clusters that databases name and that are not there, and faulty logins. */
export function checkDatabases(
  { databases, resources, namespace }: Pick<Model, 'databases' | 'namespace' | 'resources'>,
  spec: Spec,
  lookup: SecretLookup,
): void {
  checkLogins(spec, lookup);
  const written = resources.flatMap(({ objects }) => objects);
  const stores = new Set([
    ...databases.flatMap(archivesOf).map(({ store }) => store),
    ...written.filter(({ kind }) => kind === objectStore.kind).map(({ metadata }) => metadata.name),
  ]);
  for (const database of databases) {
    for (const archive of archivesIn(database)) {
      checkAccessKey(archive, lookup);
      const { path, store, configuration, spec } = archive;
      if (configuration !== undefined || spec.external === true || stores.has(store)) continue;
      const message = `there is no ObjectStore "${store}"`;
      const hint = `${knownNames('ObjectStores', store, stores)} destinationPath makes it; for one that another makes write external: true.`;
      lookup.report({ id: 'unknown-object-store', message, hint, path: [...path, 'store'] });
    }
    for (const made of databaseObjects(database, namespace)) checkOwnReads(made, database, lookup);
    checkSources(database, lookup.report);
  }
}

function checkOwnReads(
  { object, ownTerms = [] }: EntryObject,
  { path, spec }: DatabaseModel,
  lookup: SecretLookup,
): void {
  for (const { secret, key, needs = [], path: at, keyPath = at } of readsOf(object)) {
    const within = ownTermPath(ownTerms, at) ?? [];
    if (valueAt(spec, within) !== secret) continue;
    const place = [...path, ...(ownTermPath(ownTerms, keyPath) ?? [])];
    const keys = (key === undefined ? needs : [key]).map(name => ({ key: name, path: place }));
    checkSecret({ secret, path: [...path, ...within], keys }, lookup);
  }
}

function checkSources(database: DatabaseModel, report: Report): void {
  const { name, path, externalClusters } = database;
  const built = cnpgCluster(database, '');
  const names = externalClusters.map(cluster => cluster.name);
  for (const fields of [...COPY_SOURCES, FOLLOWED_SOURCE]) {
    const source = textAt(built, 'spec', ...fields);
    if (source === undefined || names.includes(source)) continue;
    const lacking =
      source === OWN_ARCHIVE
        ? 'backup that it could be recovered from'
        : `external cluster "${source}"`;
    const message = `database "${name}" has no ${lacking}`;
    const hint = knownNames('external clusters', source, names);
    const within = ownTermPath(clusterTerms(database), ['spec', ...fields]) ?? [];
    report({ id: 'unknown-external-cluster', message, hint, path: [...path, ...within] });
  }
}

/** Reports logins that the operator would refuse (docs/facts/cnpg.md#given-logins). */
function checkLogins(spec: Spec, lookup: SecretLookup): void {
  for (const [name, database] of Object.entries(spec.databases ?? {}))
    for (const login of secretLogins(database)) {
      checkKeys(login.secret, ['databases', name, ...login.path], lookup);
      const { secret, username } = login;
      const text = spec.secrets?.[secret]?.template?.['username'];
      if (typeof text !== 'string' || text.includes('{{') || text === username) continue;
      const message = `the login is for the role "${username}", and the Secret says "${text}"`;
      const hint = `Write username: ${username}.`;
      const path = ['secrets', secret, 'template', 'username'];
      lookup.report({ id: 'login-username', message, hint, path });
    }
}

function checkKeys(name: string, path: Path, lookup: SecretLookup): void {
  checkSecret({ secret: name, path }, lookup);
  const secret = lookup.lookUp(name);
  const lacking = ['username', 'password'].filter(key => secret?.keys.has(key) === false);
  if (secret === undefined || secret.isOpen || lacking.length === 0) return;
  const message = `secret "${name}" lacks ${lacking.map(key => `"${key}"`).join(' and ')}, which a login needs`;
  const hint = `Its keys are: ${[...secret.keys].sort().join(', ')}. A template can add username as text.`;
  const related = [{ note: 'the secret', path: secret.path }];
  lookup.report({ id: 'unknown-secret-key', message, hint, path, related });
}

function resolveBackup(name: string, spec: BackupSpec, path: Path, report: Report): Backup {
  const parts = partsOf('backup', spec);
  const archive = resolveArchive(spec, parts, name, path, report);
  const { schedule } = spec;
  const isSnapshot = parts.backup['volumeSnapshot'] !== undefined;
  if (archive === undefined && !isSnapshot)
    report(missing('destinationPath', path, 'destinationPath: s3://bucket/path'));
  if (isMap(schedule) && schedule.schedule === undefined)
    report(missing('schedule', [...path, 'schedule'], 'schedule: 0 0 3 * * *'));
  return { archive, fields: parts.backup };
}

type Parts = Readonly<Record<'backup' | 'cluster' | 'configuration' | 'store', JsonObject>>;

function partsOf(part: 'backup' | 'externalCluster', spec: object): Parts {
  const nothing = { backup: {}, cluster: {}, configuration: {}, store: {} };
  return withPlaced(nothing, placedFields(part, spec)) as Parts;
}

type ArchiveSpec = BackupSpec | NonNullable<DatabaseSpec['externalClusters']>[string];

function resolveArchive(
  spec: ArchiveSpec,
  parts: Parts,
  usual: string,
  path: Path,
  report: Report,
): Archive | undefined {
  const { store, destinationPath, endpointURL } = spec;
  const accessKey = accessKeyOf(spec.accessKey, [...path, 'accessKey'], report);
  checkArchive(spec, parts, path, report);
  if (store === undefined && destinationPath === undefined) return undefined;
  const words = {
    destinationPath: destinationPath ?? '',
    ...optional('endpointURL', endpointURL),
    ...credentials(parts.configuration, accessKey),
  };
  const isMade = destinationPath !== undefined;
  return {
    path,
    spec,
    store: store ?? usual,
    configuration: isMade ? mergedMaps(words, parts.configuration) : undefined,
    storeFields: parts.store,
    accessKey,
  };
}

function checkArchive(spec: ArchiveSpec, parts: Parts, path: Path, report: Report): void {
  const isMade = spec.destinationPath !== undefined;
  for (const field of unusedFields(spec, parts).filter(name => Object.hasOwn(spec, name))) {
    const message = isMade
      ? `"${field}" has no use beside ${spec.inTree === true ? 'inTree' : 'destinationPath'}`
      : `without destinationPath nothing is made that has "${field}"`;
    const hint = isMade ? `Remove ${field}.` : `Add destinationPath, or remove ${field}.`;
    report({ id: 'unused-field', message, hint, path: [...path, field], isAboutName: true });
  }
}

function unusedFields({ destinationPath, inTree, store }: ArchiveSpec, parts: Parts): string[] {
  const ofStore = Object.keys(parts.store);
  if (destinationPath !== undefined)
    return ['external', ...(inTree === true ? ['store', ...ofStore] : [])];
  return [
    ...['accessKey', 'endpointURL', 'inTree', 'retentionPolicy'],
    ...Object.keys(parts.configuration),
    ...ofStore,
    ...(store === undefined ? ['external', 'serverName'] : []),
  ];
}

const CREDENTIALS = ['s3Credentials', 'azureCredentials', 'googleCredentials'];

/** How a storage is reached whose spec has no credentials: with the access key, or the IAM role of the instances. */
function credentials(configuration: JsonObject, accessKey: Archive['accessKey']): JsonObject {
  if (accessKey !== undefined) {
    const { secret: name, id, key } = accessKey;
    return { s3Credentials: { accessKeyId: { name, key: id }, secretAccessKey: { name, key } } };
  }
  const hasCredentials = CREDENTIALS.some(field => Object.hasOwn(configuration, field));
  return hasCredentials ? {} : { s3Credentials: { inheritFromIAMRole: true } };
}

/** The external clusters, and the database's own archive where it is recovered from that. */
function externalClustersOf(
  { name: database, path, spec }: Entry<DatabaseSpec>,
  backup: Backup | undefined,
  report: Report,
): ExternalCluster[] {
  const { externalClusters = {}, recovery: { from, serverName } = {} } = spec;
  const written = Object.entries(externalClusters).map(([name, external]): ExternalCluster => {
    const at = [...path, 'externalClusters', name];
    const parts = partsOf('externalCluster', external);
    const archive = resolveArchive(external, parts, `${database}-${name}`, at, report);
    if (archive === undefined && Object.keys(parts.cluster).length === 0)
      report(missing('destinationPath', at, 'destinationPath: s3://bucket/path'));
    const source = name === from && archive && withServer(archive, serverName);
    return { name, path: at, archive: source || archive, fields: parts.cluster };
  });
  const isThere = written.some(({ name }) => name === OWN_ARCHIVE);
  if (from !== OWN_ARCHIVE || isThere || backup?.archive === undefined) return written;
  const place = [...path, 'recovery'];
  const archive = { ...withServer(backup.archive, serverName ?? database), path: place };
  return [...written, { name: OWN_ARCHIVE, path: place, archive, fields: {} }];
}

function withServer(archive: Archive, serverName: string | undefined): Archive {
  return { ...archive, spec: { ...archive.spec, ...optional('serverName', serverName) } };
}

/** The name of the database's own archive, as a source. */
export const OWN_ARCHIVE = 'backup';

/** The default names of the keys are those of the plugin's documentation. */
function accessKeyOf(spec: AccessKeySpec | undefined, path: Path, report: Report) {
  if (spec === undefined) return undefined;
  const { secret = '', id = 'ACCESS_KEY_ID', key = 'ACCESS_SECRET_KEY' } = spec;
  if (secret === '') report(missing('secret', path, 'secret: backup-access'));
  return { secret, id, key };
}

function checkAccessKey({ path, accessKey }: Archive, lookup: SecretLookup): void {
  if (accessKey === undefined || accessKey.secret === '') return;
  const at = (field: string): Path => [...path, 'accessKey', field];
  const keys = (['id', 'key'] as const).map(field => ({ key: accessKey[field], path: at(field) }));
  checkSecret({ secret: accessKey.secret, path: at('secret'), keys }, lookup);
}
