import type { Path } from '../../core/finding.ts';
import { isMap, type JsonObject, listAt, mergedMaps } from '../../core/json.ts';
import { type KubeObject, optional, plainName, unlessEmpty } from '../../core/kube-object.ts';
import { CNPG_V1 } from '../../kinds/cnpg/group.ts';
import type { Read } from '../../kinds/kind.ts';
import { placedObject } from '../../kinds/kinds.ts';
import {
  type Archive,
  type DatabaseModel,
  type EntryObject,
  type ExternalCluster,
  type OwnTerm,
  term,
} from '../model/model.ts';
import { withPlaced } from '../own-fields.ts';
import type { DatabaseSpec } from '../spec.ts';

/** A database's Cluster, its extra Databases and its backups. */
export function databaseObjects(database: DatabaseModel, namespace: string): EntryObject[] {
  const { name, path, hasOwnTerms } = database;
  const needs = archivesIn(database).flatMap(({ spec: { inTree, external }, store }) =>
    inTree || external ? [] : [`ObjectStore/${store}`],
  );
  const reading = (object: KubeObject): EntryObject => {
    return { object, reads: readsOf(object).map(({ secret }) => secret) };
  };
  const afterCluster = (object: KubeObject): EntryObject => {
    return { object, needs: [`Cluster/${name}`] };
  };
  const withTerms = (made: EntryObject, ...ownTerms: OwnTerm[]): EntryObject =>
    hasOwnTerms ? { ...made, ownTerms } : made;
  const stores = archivesOf(database).map(archive => {
    const within = archive.path.slice(path.length);
    const configuration = archiveTerms(archive, within, ['spec', 'configuration']);
    const made = reading(objectStore(archive, namespace));
    return withTerms(made, ...configuration, term(['spec'], within));
  });
  return [
    withTerms({ ...reading(cnpgCluster(database, namespace)), needs }, ...clusterTerms(database)),
    ...[...extraDatabases(database, namespace), ...poolers(database, namespace)].map(afterCluster),
    ...stores,
    ...scheduledBackups(database, namespace).map(made =>
      withTerms(afterCluster(made), term(['spec'], ['backup', 'schedule'])),
    ),
  ];
}

/** The Secrets and keys that an object reads and cannot do without. */
export function readsOf(object: KubeObject): readonly Read[] {
  const placed = placedObject(object, 0, [], object.metadata.namespace ?? '');
  return (placed.knownKind?.reads?.(placed) ?? []).filter(({ isOptional }) => !isOptional);
}

/** The archives of a database and of the external clusters that its entry names. */
export function archivesIn({ backup, externalClusters }: DatabaseModel): Archive[] {
  const named = externalClusters.filter(({ path }) => path[2] === 'externalClusters');
  return [backup, ...named].flatMap(place => place?.archive ?? []);
}

/** The archives whose ObjectStores a database makes. */
export function archivesOf(database: DatabaseModel): Archive[] {
  const isMade = ({ configuration, spec }: Archive) => configuration && spec.inTree !== true;
  return archivesIn(database).filter(isMade);
}

/** Where the parts of a Cluster come from in the spec, for messages about them. */
export function clusterTerms(database: DatabaseModel): readonly OwnTerm[] {
  const { fields, spec, backup, externalClusters, path } = database;
  const inTree = ['spec', 'backup', 'barmanObjectStore'];
  const [before, plugins] = [walArchiver(database).length, listAt(spec, 'plugins')];
  return [
    term(['spec', 'bootstrap', 'recovery', 'source'], ['recovery', 'from']),
    term(['spec', 'bootstrap', 'recovery'], ['recovery']),
    ...fields.map(field => term(field.path, [field.name])),
    ...plugins.map((_, index) => term(['spec', 'plugins', index + before], ['plugins', index])),
    ...Object.keys(spec.roles ?? {}).map((role, index) =>
      term(['spec', 'managed', 'roles', index], ['roles', role]),
    ),
    ...archiveTerms(backup?.archive, ['backup'], inTree),
    term(['spec', 'backup'], ['backup']),
    ...externalClusters.flatMap(({ archive, path: place }, index) => {
      const [at, within] = [['spec', 'externalClusters', index], place.slice(path.length)];
      return [...archiveTerms(archive, within, [...at, 'barmanObjectStore']), term(at, within)];
    }),
    ...['storage', 'walStorage'].map(name => term(['spec', name], [name])),
  ];
}

function archiveTerms(archive: Archive | undefined, within: Path, configuration: Path): OwnTerm[] {
  if (archive === undefined) return [];
  const credentials = term([...configuration, 's3Credentials'], [...within, 'accessKey']);
  return [...(archive.accessKey === undefined ? [] : [credentials]), term(configuration, within)];
}

function objectStore(archive: Archive, namespace: string): KubeObject {
  return {
    apiVersion: 'barmancloud.cnpg.io/v1',
    kind: 'ObjectStore',
    metadata: { name: archive.store, namespace },
    spec: {
      configuration: archive.configuration ?? {},
      ...optional('retentionPolicy', archive.spec.retentionPolicy),
      ...archive.storeFields,
    },
  };
}

/** When a base backup is taken. The method's default is still the in-tree one, so it is named. */
function scheduledBackups({ name: cluster, spec, backup }: DatabaseModel, namespace: string) {
  const when = spec.backup?.schedule;
  if (when === undefined) return [];
  const { name = cluster, schedule = '', ...fields } = isMap(when) ? when : { schedule: when };
  const object = {
    apiVersion: CNPG_V1,
    kind: 'ScheduledBackup',
    metadata: { name, namespace },
    spec: { schedule, cluster: { name: cluster }, ...methodOf(backup?.archive), ...fields },
  };
  return [object];
}

function methodOf(archive: Archive | undefined): JsonObject {
  if (archive === undefined) return { method: 'volumeSnapshot' };
  if (archive.spec.inTree === true) return { method: 'barmanObjectStore' };
  return { method: 'plugin', pluginConfiguration: { name: BARMAN_PLUGIN } };
}

/** The plugin that archives WAL and takes backups (docs/facts/cnpg.md#backups). */
export const BARMAN_PLUGIN = 'barman-cloud.cloudnative-pg.io';

function walArchiver({ backup }: DatabaseModel): JsonObject[] {
  const archive = backup?.archive;
  if (archive === undefined || archive.spec.inTree === true) return [];
  return [{ name: BARMAN_PLUGIN, isWALArchiver: true, parameters: pluginParameters(archive) }];
}

function pluginParameters({ store, spec }: Archive): JsonObject {
  return { barmanObjectName: store, ...optional('serverName', spec.serverName) };
}

export function cnpgCluster(database: DatabaseModel, namespace: string): KubeObject {
  const { name, spec, bootstrap, externalClusters } = database;
  const { superuser = false, walStorage } = spec;
  const login = typeof superuser === 'object' ? superuser.secret : undefined;
  const roles = Object.entries(spec.roles ?? {}).map(([role, { secret, ...options }]) => ({
    name: role,
    ...options,
    ...(secret !== undefined && { passwordSecret: { name: secret } }),
  }));
  const built = {
    apiVersion: CNPG_V1,
    kind: 'Cluster',
    metadata: { name, namespace },
    spec: {
      instances: spec.instances ?? 1,
      ...optional('imageName', spec.image),
      ...optional('bootstrap', bootstrap),
      ...(superuser !== false && { enableSuperuserAccess: true }),
      ...(login !== undefined && { superuserSecret: { name: login } }),
      ...(roles.length > 0 && { managed: { roles } }),
      storage: storageOf(spec.storage ?? {}),
      ...(walStorage !== undefined && { walStorage: storageOf(walStorage) }),
      ...unlessEmpty('backup', backupOf(database)),
      ...unlessEmpty('plugins', [...walArchiver(database), ...listAt(spec, 'plugins')]),
      ...unlessEmpty('externalClusters', externalClusters.map(externalCluster)),
    },
  };
  return withPlaced(built, database.fields) as unknown as KubeObject;
}

/** The storage of a Cluster, from a plain size, or a map with `size`, `class` and fields of Kubernetes. */
export function storageOf(spec: NonNullable<DatabaseSpec['storage']>): JsonObject {
  if (typeof spec === 'string') return { size: spec };
  const { size, class: storageClass, ...fields } = spec;
  return { ...optional('size', size), ...optional('storageClass', storageClass), ...fields };
}

function backupOf({ backup }: DatabaseModel): JsonObject {
  const { archive, fields = {} } = backup ?? {};
  if (archive?.spec.inTree !== true) return fields;
  return {
    barmanObjectStore: inTree(archive),
    ...optional('retentionPolicy', archive.spec.retentionPolicy),
    ...fields,
  };
}

function inTree({ configuration = {}, spec }: Archive): JsonObject {
  return { ...configuration, ...optional('serverName', spec.serverName) };
}

function externalCluster({ name, archive, fields }: ExternalCluster): JsonObject {
  if (archive === undefined) return mergedMaps({ name }, fields);
  const place = archive.spec.inTree
    ? { barmanObjectStore: inTree(archive) }
    : { plugin: { name: BARMAN_PLUGIN, parameters: pluginParameters(archive) } };
  return mergedMaps({ name, ...place }, fields);
}

export function extraDatabases(database: DatabaseModel, namespace: string): KubeObject[] {
  const { name: cluster, owner: usual, spec } = database;
  const extra = spec.extraDatabases ?? {};
  const all = Array.isArray(extra) ? extra.map(name => [name, {}] as const) : Object.entries(extra);
  return all.map(([name, { owner = usual, reclaimPolicy: databaseReclaimPolicy = 'retain' }]) => ({
    apiVersion: CNPG_V1,
    kind: 'Database',
    metadata: { name: cnpgDatabaseName(name, cluster), namespace },
    spec: { name, owner, cluster: { name: cluster }, databaseReclaimPolicy },
  }));
}

/** PostgreSQL allows names that Kubernetes does not: `_` and capitals. */
export function cnpgDatabaseName(database: string, cnpgCluster: string): string {
  return `${cnpgCluster}-${plainName(database) || 'database'}`;
}

/** PgBouncer before a CNPG cluster; its Service has its name (docs/facts/cnpg.md#poolers). */
function poolers({ name: cluster, spec }: DatabaseModel, namespace: string): KubeObject[] {
  return Object.entries(spec.poolers ?? {}).map(([name, options]) => {
    const { type = 'rw', instances = 1, mode: poolMode = 'session', parameters } = options;
    const pgbouncer = { poolMode, ...optional('parameters', parameters) };
    return {
      apiVersion: CNPG_V1,
      kind: 'Pooler',
      metadata: { name, namespace },
      spec: { cluster: { name: cluster }, type, instances, pgbouncer },
    };
  });
}
