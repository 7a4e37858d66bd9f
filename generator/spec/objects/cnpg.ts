import type { Path } from '../../core/finding.ts';
import { type JsonObject, mergedMaps } from '../../core/json.ts';
import { type KubeObject, optional, plainName, unlessEmpty } from '../../core/kube-object.ts';
import { CNPG_V1 } from '../../kinds/cnpg/group.ts';
import type { Read } from '../../kinds/kind.ts';
import { placedObject } from '../../kinds/kinds.ts';
import type {
  Archive,
  Backup,
  DatabaseModel,
  EntryObject,
  ExternalCluster,
  ExtraDatabase,
  OwnTerm,
} from '../model/model.ts';
import { withOwn } from '../own-fields.ts';
import type { PoolerSpec, StorageSpec } from '../spec.ts';
import type { SecretMakers } from './patches.ts';

/** A database's Cluster, its extra Databases and its backups. */
export function databaseObjects(
  database: DatabaseModel,
  namespace: string,
  makers: SecretMakers,
): EntryObject[] {
  const { name, spec, backup, extraDatabases, hasOwnTerms } = database;
  const archives = archivesOf(database);
  const cluster = cnpgCluster(database, namespace);
  const needs = [
    ...readsOf(cluster)
      .flatMap(({ secret }) => makers(secret))
      .filter(maker => maker !== `Cluster/${name}`),
    ...archivesIn(database).flatMap(({ spec: { inTree, external }, store }) =>
      inTree || external ? [] : [`ObjectStore/${store}`],
    ),
  ];
  const afterCluster = { needs: [`Cluster/${name}`] };
  return [
    { object: cluster, needs, ...(hasOwnTerms && { ownTerms: clusterTerms(database) }) },
    ...extraDatabases.map(extra => ({
      object: cnpgDatabase(extra, name, namespace),
      ...afterCluster,
    })),
    ...Object.entries(spec.poolers ?? {}).map(([pooler, options]) => ({
      object: cnpgPooler(pooler, options, name, namespace),
      ...afterCluster,
    })),
    ...archives.map(archive => {
      const object = objectStore(archive, namespace);
      const within = archive.path.slice(database.path.length);
      return {
        object,
        needs: readsOf(object).flatMap(({ secret }) => makers(secret)),
        ...(hasOwnTerms && {
          ownTerms: [
            ...archiveTerms(archive, within, ['spec', 'configuration']),
            [['spec'], within] as const,
          ],
        }),
      };
    }),
    ...(backup?.schedule === undefined
      ? []
      : [
          {
            object: scheduledBackup(name, backup, backup.schedule, namespace),
            ...afterCluster,
            ...(hasOwnTerms && { ownTerms: [[['spec'], ['backup', 'schedule']]] as const }),
          },
        ]),
  ];
}

/** What an object reads of Secrets that have to be there. */
export function readsOf(object: KubeObject): readonly Read[] {
  const placed = placedObject(object, 0, [], object.metadata.namespace ?? '');
  return (placed.known?.reads?.(placed) ?? []).filter(({ isOptional }) => !isOptional);
}

/** The archives of a database and of its external clusters. */
export function archivesIn({ backup, externalClusters }: DatabaseModel): Archive[] {
  return [backup, ...externalClusters].flatMap(place => place?.archive ?? []);
}

/** The archives whose ObjectStores a database makes. */
export function archivesOf(database: DatabaseModel): Archive[] {
  return archivesIn(database).filter(
    ({ configuration, spec, path }) =>
      configuration !== undefined && spec.inTree !== true && path.at(-1) !== 'recovery',
  );
}

/** The parts of a Cluster that the spec has in Kubernetes' own terms, or in words. */
export function clusterTerms(database: DatabaseModel): readonly OwnTerm[] {
  const { fields, spec, backup, externalClusters, plugins, path } = database;
  const inTree = ['spec', 'backup', 'barmanObjectStore'];
  const before = walArchiver(database).length;
  return [
    [
      ['spec', 'bootstrap', 'recovery', 'source'],
      ['recovery', 'from'],
    ],
    [['spec', 'bootstrap', 'recovery'], ['recovery']],
    ...fields.map(field => [field.path, [field.name]] as const),
    ...plugins.map(
      (_, index): OwnTerm => [
        ['spec', 'plugins', index + before],
        ['plugins', index],
      ],
    ),
    ...Object.keys(spec.roles ?? {}).map(
      (role, index): OwnTerm => [
        ['spec', 'managed', 'roles', index],
        ['roles', role],
      ],
    ),
    ...(backup?.archive === undefined ? [] : archiveTerms(backup.archive, ['backup'], inTree)),
    [['spec', 'backup'], ['backup']],
    ...externalClusters.flatMap(({ archive, path: place }, index): OwnTerm[] => {
      const [at, within] = [['spec', 'externalClusters', index], place.slice(path.length)];
      return [
        ...(archive === undefined
          ? []
          : archiveTerms(archive, within, [...at, 'barmanObjectStore'])),
        [at, within],
      ];
    }),
    ...['storage', 'walStorage'].map((name): OwnTerm => [['spec', name], [name]]),
  ];
}

function archiveTerms({ accessKey }: Archive, within: Path, configuration: Path): OwnTerm[] {
  const credentials = [...configuration, 's3Credentials'];
  return [
    ...(accessKey === undefined ? [] : [[credentials, [...within, 'accessKey']] as const]),
    [configuration, within],
  ];
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
function scheduledBackup(
  cluster: string,
  { archive }: Backup,
  { name, spec }: NonNullable<Backup['schedule']>,
  namespace: string,
): KubeObject {
  const { schedule = '', ...own } = spec;
  return {
    apiVersion: CNPG_V1,
    kind: 'ScheduledBackup',
    metadata: { name, namespace },
    spec: { schedule, cluster: { name: cluster }, ...methodOf(archive), ...own },
  };
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
      ...unlessEmpty('plugins', [...walArchiver(database), ...database.plugins]),
      ...unlessEmpty('externalClusters', externalClusters.map(externalCluster)),
    },
  };
  return withOwn(built, database.fields) as unknown as KubeObject;
}

/** A size alone, or in short what storage has besides its fields of Kubernetes' own names. */
export function storageOf(spec: StorageSpec): JsonObject {
  if (typeof spec === 'string') return { size: spec };
  const { size, class: storageClass, ...own } = spec;
  return { ...optional('size', size), ...optional('storageClass', storageClass), ...own };
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
  const place =
    archive === undefined
      ? {}
      : archive.spec.inTree
        ? { barmanObjectStore: inTree(archive) }
        : { plugin: { name: BARMAN_PLUGIN, parameters: pluginParameters(archive) } };
  return mergedMaps({ name, ...place }, fields);
}

function cnpgDatabase(extra: ExtraDatabase, cnpgCluster: string, namespace: string): KubeObject {
  return {
    apiVersion: CNPG_V1,
    kind: 'Database',
    metadata: { name: cnpgDatabaseName(extra.name, cnpgCluster), namespace },
    spec: {
      name: extra.name,
      owner: extra.owner,
      cluster: { name: cnpgCluster },
      databaseReclaimPolicy: extra.reclaimPolicy,
    },
  };
}

/** PostgreSQL allows names that Kubernetes does not: `_` and capitals. */
export function cnpgDatabaseName(database: string, cnpgCluster: string): string {
  return `${cnpgCluster}-${plainName(database) || 'database'}`;
}

/** PgBouncer before a CNPG cluster; its Service has its name (docs/facts/cnpg.md#poolers). */
function cnpgPooler(
  name: string,
  { type = 'rw', instances = 1, mode: poolMode = 'session', parameters }: PoolerSpec,
  cnpgCluster: string,
  namespace: string,
): KubeObject {
  const pgbouncer = { poolMode, ...optional('parameters', parameters) };
  return {
    apiVersion: CNPG_V1,
    kind: 'Pooler',
    metadata: { name, namespace },
    spec: { cluster: { name: cnpgCluster }, type, instances, pgbouncer },
  };
}
