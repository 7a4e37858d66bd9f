import { missing, type Path, type Report } from '../../core/finding.ts';
import { isMap, type JsonObject, mergedMaps } from '../../core/json.ts';
import { optional } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { placedFields, withPlaced } from '../own-fields.ts';
import type { AccessKeySpec, BackupSpec, DatabaseSpec, ExternalClusterSpec } from '../spec.ts';
import type { Archive, Backup, Entry, ExternalCluster, SecretLookup } from './model.ts';
import { checkSecret } from './model.ts';

/** Where a database's backups go, and when they are taken. */
export function resolveBackup(name: string, spec: BackupSpec, path: Path, report: Report): Backup {
  const parts = partsOf('backup', spec);
  const archive = resolveArchive(spec, parts, name, path, report);
  const { schedule } = spec;
  const isSnapshot = parts.backup['volumeSnapshot'] !== undefined;
  if (archive === undefined && !isSnapshot)
    report(missing('destinationPath', path, 'destinationPath: s3://bucket/path'));
  if (isMap(schedule) && schedule.schedule === undefined)
    report(missing('schedule', [...path, 'schedule'], 'schedule: 0 0 3 * * *'));
  const { name: scheduled = name, ...options } = isMap(schedule) ? schedule : { schedule };
  return {
    archive,
    fields: parts.backup,
    schedule: schedule === undefined ? undefined : { name: scheduled, spec: options as JsonObject },
  };
}

type Parts = Readonly<Record<'backup' | 'cluster' | 'configuration' | 'store', JsonObject>>;

function partsOf(part: 'backup' | 'externalCluster', spec: object): Parts {
  const nothing = { backup: {}, cluster: {}, configuration: {}, store: {} };
  return withPlaced(nothing, placedFields(part, part, spec)) as Parts;
}

type ArchiveSpec = BackupSpec | ExternalClusterSpec;

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
export function externalClustersOf(
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

/** Reports access keys of backups that no Secret has. */
export function checkAccessKey({ path, accessKey }: Archive, lookup: SecretLookup): void {
  if (accessKey === undefined || accessKey.secret === '') return;
  const { secret, id, key } = accessKey;
  const at = (field: string): Path => [...path, 'accessKey', field];
  const keys = [
    { key: id, path: at('id') },
    { key, path: at('key') },
  ];
  checkSecret({ secret, path: at('secret'), keys }, lookup);
}

/** Reports an ObjectStore that nothing makes. */
export function checkStore(
  { path, store, configuration, spec }: Archive,
  stores: ReadonlySet<string>,
  report: Report,
): void {
  if (configuration !== undefined || spec.external === true || stores.has(store)) return;
  const message = `there is no ObjectStore "${store}"`;
  const hint = `${knownNames('ObjectStores', store, stores)} destinationPath makes it; for one that another makes write external: true.`;
  report({ id: 'unknown-object-store', message, hint, path: [...path, 'store'] });
}
