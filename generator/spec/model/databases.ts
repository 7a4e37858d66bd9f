import { missing, type Path, type Report } from '../../core/finding.ts';
import { isMap, type JsonObject, mapAt, mergedMaps, textAt, valueAt } from '../../core/json.ts';
import { type KubeObject, optional } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { objectStore } from '../../kinds/cnpg/backups.ts';
import { CNPG_VERSION, certificateKeys, loginKeys } from '../../kinds/cnpg/postgres-version.ts';
import { COPY_SOURCES, FOLLOWED_SOURCE } from '../../kinds/cnpg/roles.ts';
import { BASIC_AUTH } from '../../kinds/core/secret.ts';
import type { Read } from '../../kinds/kind.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import type { LevelledPart } from '../levels.ts';
import {
  archivesOf,
  clusterTerms,
  cnpgCluster,
  databaseObjects,
  readsOf,
} from '../objects/cnpg.ts';
import { type EntryObject, ownTermPath } from '../objects/patches.ts';
import { type PlacedField, placedFields } from '../own-fields.ts';
import type {
  AccessKeySpec,
  BackupSpec,
  DatabaseSpec,
  ExternalClusterSpec,
  RecoverySpec,
  RoleSpec,
  SecretSpec,
  Spec,
  StorageSpec,
} from '../spec.ts';
import {
  type Archive,
  type Backup,
  checkSecret,
  type DatabaseModel,
  type ExternalCluster,
  type ExtraDatabase,
  type KnownSecret,
  type Model,
  marksOf,
  type Pooler,
  type PostgresLogin,
  type SecretLookup,
} from './model.ts';

/** The databases with their defaults. */
export function resolveDatabases(spec: Spec, report: Report): DatabaseModel[] {
  return Object.entries(spec.databases ?? {}).map(([name, database]) =>
    resolveDatabase(name, database, report),
  );
}

function resolveDatabase(name: string, spec: DatabaseSpec, report: Report): DatabaseModel {
  const path = ['databases', name];
  const superuser = spec.superuser ?? false;
  const placed = placedFields('database', 'Cluster', spec);
  const { parameters, storage, walStorage } = spec;
  const named = namesIn(spec);
  checkDatabase(spec, placed, path, report);
  const backup =
    spec.backup === undefined
      ? undefined
      : resolveBackup(name, spec.backup, [...path, 'backup'], report);
  return {
    name,
    path,
    ...marksOf(spec),
    ...named,
    fields: [
      ...placed.filter(field => field.name !== 'plugins'),
      ...(parameters === undefined
        ? []
        : [{ name: 'parameters', value: parameters, path: PARAMETERS }]),
    ],
    storage: storageOf(storage ?? {}),
    walStorage: walStorage === undefined ? undefined : storageOf(walStorage),
    instances: spec.instances ?? 1,
    ...optional('image', spec.image),
    bootstrap: bootstrapOf(spec),
    isSuperuserEnabled: superuser !== false,
    superuserSecret: typeof superuser === 'object' ? superuser.secret : undefined,
    extraDatabases: extraDatabases(spec, named.owner),
    roles: Object.entries(spec.roles ?? {}).map(([role, options]) => managedRole(role, options)),
    backup,
    externalClusters: externalClustersOf(name, spec, backup, path, report),
    plugins: placed.flatMap(field =>
      field.name === 'plugins' && Array.isArray(field.value) ? field.value : [],
    ),
    poolers: poolersOf(spec),
    hasOwnTerms: hasOwnTerms(spec),
  };
}

/** Whether parts of an entry are in Kubernetes' own terms, which only the schemas of the kinds know. */
function hasOwnTerms(spec: DatabaseSpec): boolean {
  const { storage, walStorage, backup, externalClusters = {}, recovery, roles = {} } = spec;
  const parts: readonly (readonly [LevelledPart, unknown])[] = [
    ['storage', storage],
    ['storage', walStorage],
    ['backup', backup],
    ['scheduledBackup', backup?.schedule],
    ['recovery', recovery],
    ...Object.values(externalClusters).map(one => ['externalCluster', one] as const),
    ...Object.values(roles).map(role => ['role', role] as const),
  ];
  return (
    placedFields('database', 'Cluster', spec).length > 0 ||
    parts.some(([part, entry]) => isMap(entry) && placedFields(part, part, entry).length > 0)
  );
}

const PARAMETERS = ['spec', 'postgresql', 'parameters'];

const APP = 'app';

/** The database and its owner, by default as CNPG names them (docs/facts/cnpg.md#bootstrap). */
function namesIn(spec: DatabaseSpec): { readonly database: string; readonly owner: string } {
  const said = mapAt(bootstrapOf(spec), methodOf(spec));
  const own = mapAt(spec, methodOf(spec));
  const database = textAt(said, 'database') ?? textAt(own, 'database') ?? APP;
  return { database, owner: textAt(said, 'owner') ?? textAt(own, 'owner') ?? database };
}

/** The ways to make a database, the first that an entry has counts. */
const METHODS = ['recovery', 'pg_basebackup', 'initdb'] as const;

function methodOf(spec: DatabaseSpec): (typeof METHODS)[number] {
  return METHODS.find(method => Object.hasOwn(spec, method)) ?? 'initdb';
}

/** How the Cluster is made, as far as the words of an entry say it; undefined: as CNPG does by default. */
function bootstrapOf(spec: DatabaseSpec): JsonObject | undefined {
  const { database = APP, owner = database, ownerSecret, recovery } = spec;
  const isNamed = spec.database !== undefined || spec.owner !== undefined;
  const words = {
    ...(isNamed && { database, owner }),
    ...(ownerSecret !== undefined && { secret: { name: ownerSecret } }),
  };
  const options = recovery === undefined ? words : { ...words, ...recoveryOf(recovery) };
  const isSaid = recovery !== undefined || Object.keys(options).length > 0;
  return isSaid ? { [methodOf(spec)]: options } : undefined;
}

function recoveryOf({ from, serverName: _, ...own }: RecoverySpec): JsonObject {
  if (typeof from === 'string') return { source: from, ...own };
  const { volumeSnapshot } = from ?? {};
  if (volumeSnapshot === undefined) return own;
  const storage = {
    apiGroup: 'snapshot.storage.k8s.io',
    kind: 'VolumeSnapshot',
    name: volumeSnapshot,
  };
  return mergedMaps({ volumeSnapshots: { storage } }, own);
}

function storageOf(spec: StorageSpec): JsonObject {
  if (typeof spec === 'string') return { size: spec };
  const { size, class: storageClass, ...own } = spec;
  return { ...optional('size', size), ...optional('storageClass', storageClass), ...own };
}

/** Reports what is missing in a database, two ways to make it, and reserved names. */
function checkDatabase(
  spec: DatabaseSpec,
  placed: readonly PlacedField[],
  path: Path,
  report: Report,
): void {
  const { owner = '', roles = {}, recovery } = spec;
  const storage = storageOf(spec.storage ?? {});
  if (storage['size'] === undefined && storage['pvcTemplate'] === undefined)
    report(missing('storage', path, 'storage: 10Gi'));
  checkRole(owner, [...path, 'owner'], report);
  for (const role of Object.keys(roles)) checkRole(role, [...path, 'roles', role], report);
  const methods = METHODS.filter(method => Object.hasOwn(spec, method));
  if (methods.length > 1)
    report({
      id: 'several-bootstraps',
      message: `${methods.join(' and ')} are two ways to make a database`,
      hint: `Take one out; an environment does that with \`${methods.at(-1)}: null\`.`,
      path: [...path, methods[0] ?? ''],
      isAboutName: true,
    });
  const isFrom = ['backup', 'volumeSnapshots'].some(field => Object.hasOwn(recovery ?? {}, field));
  if (recovery !== undefined && recovery.from === undefined && !isFrom)
    report(missing('from', [...path, 'recovery'], 'from: backup'));
  if (placed.some(({ name }) => name === 'postgresql') && spec.parameters !== undefined) {
    const both = mapAt(spec, 'postgresql', 'parameters');
    for (const name of Object.keys(spec.parameters).filter(one => Object.hasOwn(both, one)))
      report({
        id: 'duplicate-parameter',
        message: `"${name}" stands under postgresql.parameters too`,
        hint: 'Write it once, under parameters.',
        path: [...path, 'parameters', name],
        isAboutName: true,
      });
  }
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

function resolveBackup(name: string, spec: BackupSpec, path: Path, report: Report): Backup {
  const own = ownEntries('backup', spec);
  const archive = resolveArchive(spec, own, name, path, report);
  const { schedule } = spec;
  const isSnapshot = own.backup['volumeSnapshot'] !== undefined;
  if (archive === undefined && !isSnapshot)
    report(missing('destinationPath', path, 'destinationPath: s3://bucket/path'));
  if (isMap(schedule) && schedule.schedule === undefined)
    report(missing('schedule', [...path, 'schedule'], 'schedule: 0 0 3 * * *'));
  const { name: scheduled = name, ...options } = isMap(schedule) ? schedule : { schedule };
  return {
    archive,
    fields: own.backup,
    schedule: schedule === undefined ? undefined : { name: scheduled, spec: options as JsonObject },
  };
}

/** Fields of Kubernetes' own names, by what has them. */
type OwnEntries = Readonly<Record<'backup' | 'cluster' | 'configuration' | 'store', JsonObject>>;

function ownEntries(part: 'backup' | 'externalCluster', spec: object): OwnEntries {
  const fields = placedFields(part, part, spec);
  const of = (map: keyof OwnEntries): JsonObject =>
    Object.fromEntries(
      fields.filter(({ path }) => path[0] === map).map(({ name, value }) => [name, value]),
    );
  return {
    backup: of('backup'),
    cluster: of('cluster'),
    configuration: of('configuration'),
    store: of('store'),
  };
}

/** Where backups are; undefined: the entry says nothing of it. */
function resolveArchive(
  spec: BackupSpec | ExternalClusterSpec,
  own: OwnEntries,
  usual: string,
  path: Path,
  report: Report,
): Archive | undefined {
  const { store, destinationPath, endpointURL, serverName, inTree = false } = spec;
  const accessKey = accessKeyOf(spec.accessKey, [...path, 'accessKey'], report);
  checkArchive(spec, own, path, report);
  if (store === undefined && destinationPath === undefined) return undefined;
  const words = {
    destinationPath: destinationPath ?? '',
    ...optional('endpointURL', endpointURL),
    ...credentials(own.configuration, accessKey),
  };
  const isMade = destinationPath !== undefined;
  return {
    path,
    store: store ?? usual,
    isInTree: inTree,
    isExternal: spec.external === true,
    serverName,
    configuration: isMade ? mergedMaps(words, own.configuration) : undefined,
    storeFields: own.store,
    retentionPolicy: spec.retentionPolicy,
    accessKey,
  };
}

/** Reports fields of an archive that come to nothing. */
function checkArchive(
  spec: BackupSpec | ExternalClusterSpec,
  own: OwnEntries,
  path: Path,
  report: Report,
): void {
  const isMade = spec.destinationPath !== undefined;
  for (const field of unusedFields(spec, own).filter(one => Object.hasOwn(spec, one)))
    report({
      id: 'unused-field',
      message: isMade
        ? `"${field}" has no use beside ${spec.inTree === true ? 'inTree' : 'destinationPath'}`
        : `without destinationPath nothing is made that has "${field}"`,
      hint: isMade ? `Remove ${field}.` : `Add destinationPath, or remove ${field}.`,
      path: [...path, field],
      isAboutName: true,
    });
}

function unusedFields(
  { destinationPath, inTree, store }: BackupSpec | ExternalClusterSpec,
  own: OwnEntries,
): string[] {
  const ofStore = Object.keys(own.store);
  if (destinationPath !== undefined)
    return ['external', ...(inTree === true ? ['store', ...ofStore] : [])];
  return [
    ...['accessKey', 'endpointURL', 'inTree', 'retentionPolicy'],
    ...Object.keys(own.configuration),
    ...ofStore,
    ...(store === undefined ? ['external', 'serverName'] : []),
  ];
}

const CREDENTIALS = ['s3Credentials', 'azureCredentials', 'googleCredentials'];

/** How a storage is reached that says nothing of it: by the IAM role of the instances, or an access key. */
function credentials(own: JsonObject, accessKey: Archive['accessKey']): JsonObject {
  if (accessKey !== undefined) {
    const { secret: name, id, key } = accessKey;
    return {
      s3Credentials: { accessKeyId: { name, key: id }, secretAccessKey: { name, key } },
    };
  }
  const isSaid = CREDENTIALS.some(field => Object.hasOwn(own, field));
  return isSaid ? {} : { s3Credentials: { inheritFromIAMRole: true } };
}

/** The external clusters, and the database's own archive where it is recovered from that. */
function externalClustersOf(
  database: string,
  { externalClusters = {}, recovery }: DatabaseSpec,
  backup: Backup | undefined,
  path: Path,
  report: Report,
): ExternalCluster[] {
  const { from, serverName } = recovery ?? {};
  const written = Object.entries(externalClusters).map(([name, spec]): ExternalCluster => {
    const at = [...path, 'externalClusters', name];
    const own = ownEntries('externalCluster', spec);
    const archive = resolveArchive(spec, own, `${database}-${name}`, at, report);
    if (archive === undefined && Object.keys(own.cluster).length === 0)
      report(missing('destinationPath', at, 'destinationPath: s3://bucket/path'));
    const isSource = name === from && serverName !== undefined;
    return {
      name,
      path: at,
      archive: archive && (isSource ? { ...archive, serverName } : archive),
      fields: own.cluster,
    };
  });
  const isThere = written.some(({ name }) => name === OWN_ARCHIVE);
  if (from !== OWN_ARCHIVE || isThere || backup?.archive === undefined) return written;
  const archive = {
    ...backup.archive,
    serverName: serverName ?? database,
    path: [...path, 'recovery'],
  };
  return [...written, { name: OWN_ARCHIVE, path: archive.path, archive, fields: {} }];
}

/** The name of the database's own archive, as a source. */
export const OWN_ARCHIVE = 'backup';

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
  const built = placedObject(cnpgCluster(database, ''), 0, [], '');
  return (built.known?.makes?.(built, () => undefined) ?? []).map(({ secret }) => secret);
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

/** A login that CNPG takes from a Secret. */
interface SecretLogin {
  readonly secret: string;
  readonly username: string;
  /** Where the database names the Secret, from the database's entry. */
  readonly path: Path;
}

function secretLogins(spec: DatabaseSpec): SecretLogin[] {
  const { ownerSecret, superuser, roles = {} } = spec;
  const { owner } = namesIn(spec);
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

/** Reports Secrets, keys, ObjectStores and external clusters that databases name and that are not there. */
export function checkDatabases(
  { databases: entries = {} }: Spec,
  { databases, resources, namespace }: Pick<Model, 'databases' | 'namespace' | 'resources'>,
  lookup: SecretLookup,
): void {
  const stores = new Set([
    ...databases.flatMap(archivesOf).map(({ store }) => store),
    ...resources
      .flatMap(({ objects }) => objects)
      .filter(({ kind }) => kind === objectStore.kind)
      .map(({ metadata }) => metadata.name),
  ]);
  for (const database of databases) {
    const { path, backup, externalClusters } = database;
    for (const archive of [backup?.archive, ...externalClusters.map(one => one.archive)]) {
      if (archive === undefined || archive.path.at(-1) === 'recovery') continue;
      checkAccessKey(archive, lookup);
      checkStore(archive, stores, lookup.report);
    }
    for (const { object, ownTerms = [] } of databaseObjects(database, namespace, () => []))
      checkOwnReads(object, ownTerms, entries[database.name] ?? {}, path, lookup);
    checkSources(database, lookup.report);
  }
}

/** Reports access keys of backups that no Secret has. */
function checkAccessKey({ path, accessKey }: Archive, lookup: SecretLookup): void {
  const { secret = '', id, key } = accessKey ?? {};
  if (secret === '') return;
  const at = [...path, 'accessKey'];
  checkSecret({ secret }, [...at, 'secret'], at, lookup);
  if (lookup.lookUp(secret) === undefined || id === undefined || key === undefined) return;
  checkSecret({ secret, key: id }, at, [...at, 'id'], lookup);
  checkSecret({ secret, key }, at, [...at, 'key'], lookup);
}

function checkStore(
  { path, store, configuration, isExternal }: Archive,
  stores: ReadonlySet<string>,
  report: Report,
): void {
  if (configuration !== undefined || isExternal || stores.has(store)) return;
  report({
    id: 'unknown-object-store',
    message: `there is no ObjectStore "${store}"`,
    hint: `${knownNames('ObjectStores', store, stores)} destinationPath makes it; for one that another makes write external: true.`,
    path: [...path, 'store'],
  });
}

/** Reports Secrets that an entry names in Kubernetes' own terms. */
function checkOwnReads(
  object: KubeObject,
  ownTerms: NonNullable<EntryObject['ownTerms']>,
  entry: DatabaseSpec,
  path: Path,
  lookup: SecretLookup,
): void {
  const within = ({ path: at }: Pick<Read, 'path'>): Path => ownTermPath(ownTerms, at) ?? [];
  const own = readsOf(object).filter(read => valueAt(entry, within(read)) === read.secret);
  for (const { secret, key, needs = [], ...read } of own) {
    const at = [...path, ...within(read)];
    checkSecret({ secret }, at, at, lookup);
    if (lookup.lookUp(secret) === undefined) continue;
    const keyAt = [...path, ...within({ path: read.keyPath ?? read.path })];
    for (const name of key === undefined ? needs : [key])
      checkSecret({ secret, key: name }, at, keyAt, lookup);
  }
}

/** Reports external clusters that are not there. */
function checkSources(database: DatabaseModel, report: Report): void {
  const { name, path, externalClusters } = database;
  const built = cnpgCluster(database, '');
  const names = externalClusters.map(one => one.name);
  for (const fields of [...COPY_SOURCES, FOLLOWED_SOURCE]) {
    const source = textAt(built, 'spec', ...fields);
    if (source === undefined || names.includes(source)) continue;
    report({
      id: 'unknown-external-cluster',
      message:
        source === OWN_ARCHIVE
          ? `database "${name}" has no backup that it could be recovered from`
          : `database "${name}" has no external cluster "${source}"`,
      hint: knownNames('external clusters', source, names),
      path: [...path, ...(ownTermPath(clusterTerms(database), ['spec', ...fields]) ?? [])],
    });
  }
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
      checkLogin(login, spec.secrets?.[login.secret] ?? {}, report);
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
function checkLogin(
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
