import type { Json, JsonObject } from '../../core/json.ts';
import { isMap, isSame, listAt, mapAt, scalarText, textAt } from '../../core/json.ts';
import { asJson, type KubeObject, optional } from '../../core/kube-object.ts';
import { scheduledBackup } from '../../kinds/cnpg/backups.ts';
import { cnpgCluster, methodOf } from '../../kinds/cnpg/cluster.ts';
import { cnpgClusterNameOf, cnpgDatabase } from '../../kinds/cnpg/members.ts';
import { VOLUME_SNAPSHOT } from '../../kinds/core/volumes.ts';
import { type Kind, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { OWN_ARCHIVE } from '../../spec/model/databases.ts';
import { BARMAN_PLUGIN, cnpgDatabaseName } from '../../spec/objects/cnpg.ts';
import { withoutDefaults } from '../../spec/objects/patches.ts';
import { ownEntry } from '../../spec/own-fields.ts';
import type { Original } from '../originals.ts';
import { type Form, type FormContext, hasOnly, marksOf, unless, withoutEmpty } from './form.ts';

/** A CNPG cluster with further Databases and its backups. */
export const databaseForm: Form = {
  section: 'databases',
  kinds: [cnpgCluster],
  ways: (object, context) => {
    const spec = specOf(object);
    if (!isMap(spec['storage'])) return 'it has no storage';
    if (Object.keys(mapAt(spec, 'bootstrap')).length > 1) return 'it is made in two ways';
    const extras = extraDatabases(object, context.original);
    const databases = { extraDatabases: extraEntry(extras, namesIn(object).owner) };
    const cluster = withoutUsual(object);
    const whole = clusterEntry(cluster, context, madeStores(context));
    const bare = clusterEntry(cluster, context, undefined).entry;
    const covers = [object, ...extras, ...whole.covers];
    const ways = [
      { way: 'backup', entry: { ...whole.entry, ...databases }, covers },
      { way: 'databases', entry: { ...bare, ...databases }, covers: [object, ...extras] },
      { way: 'cluster', entry: bare, covers: [object] },
    ];
    // A way that covers as many objects as the one before it is the same way.
    return ways
      .filter(({ covers }, index) => covers.length !== ways[index - 1]?.covers.length)
      .map(({ entry, ...way }) => {
        return { ...way, entry: withoutEmpty({ ...entry, ...marksOf(object, context) }) };
      });
  },
};

type Part = { readonly entry: JsonObject; readonly covers: readonly PlacedObject[] };

function withoutUsual(object: PlacedObject): PlacedObject {
  return { ...object, json: withoutDefaults(object.json) as unknown as KubeObject };
}

/** The objects of a kind that are about a CNPG cluster of their namespace. */
function membersOf(kind: Kind, { namespace, name }: PlacedObject, { objects }: Original) {
  return objects.filter(
    ({ knownKind, namespace: home, json }) =>
      knownKind === kind && home === namespace && cnpgClusterNameOf(json) === name,
  );
}

function extraDatabases(cluster: PlacedObject, original: Original): PlacedObject[] {
  return membersOf(cnpgDatabase, cluster, original).filter(
    object => object.name === cnpgDatabaseName(textAt(specOf(object), 'name') ?? '', cluster.name),
  );
}

function extraEntry(extras: readonly PlacedObject[], owner: string): Json | undefined {
  if (extras.length === 0) return undefined;
  const entries = extras.map((object): [string, JsonObject] => {
    const { name, owner: ofDatabase, databaseReclaimPolicy: policy } = specOf(object);
    const options = { owner: unless(ofDatabase, owner), reclaimPolicy: unless(policy, 'retain') };
    return [scalarText(name), withoutEmpty(options)];
  });
  const isPlain = entries.every(([, options]) => Object.keys(options).length === 0);
  return isPlain ? entries.map(([name]) => name) : Object.fromEntries(entries);
}

/** The names of ObjectStores that are made already; undefined: the entry is to make none. */
type Made = Set<string> | undefined;

function clusterEntry(object: PlacedObject, context: FormContext, made: Made): Part {
  const spec = specOf(object);
  const own = ownEntry('database', asJson(object.json));
  const { postgresql, initdb: _, pg_basebackup: __, ...fields } = own;
  const { parameters, ...others } = mapAt(postgresql);
  const plugins = listAt(spec, 'plugins');
  const backup = backupPart(object, context, made);
  const external = externalPart(object, context, made);
  const { database, owner, ...bootstrap } = bootstrapEntry(object);
  const entry = withoutEmpty({
    database,
    owner,
    storage: storageEntry(mapAt(spec, 'storage')),
    walStorage: storageEntry(mapAt(spec, 'walStorage')),
    instances: unless(spec['instances'], 1),
    image: spec['imageName'],
    ...bootstrap,
    superuser: superuser(spec),
    roles: roles(spec),
    parameters,
    postgresql: others,
    ...fields,
    plugins: archiverOf(object) === undefined ? plugins : plugins.slice(1),
    backup: backup.entry,
    externalClusters: external.entry,
  });
  return { entry, covers: [...backup.covers, ...external.covers] };
}

function bootstrapOf(object: PlacedObject): readonly [method: string, options: JsonObject] {
  const bootstrap = mapAt(specOf(object), 'bootstrap');
  const method = methodOf(bootstrap);
  return [method, mapAt(bootstrap, method)];
}

/** The database that a Cluster is made with, and its owner. */
export function namesIn(object: PlacedObject): Readonly<Record<'database' | 'owner', string>> {
  const [, options] = bootstrapOf(object);
  const database = textAt(options, 'database') ?? 'app';
  return { database, owner: textAt(options, 'owner') ?? database };
}

function bootstrapEntry(object: PlacedObject): Readonly<Record<string, Json | undefined>> {
  const [method, { database, owner, secret, ...others }] = bootstrapOf(object);
  const otherOwner = unless(owner, database ?? 'app');
  const server = optional('serverName', ownSource(object));
  const options = method === 'recovery' ? { ...recoveryEntry(others), ...server } : others;
  return { database, owner: otherOwner, ownerSecret: textAt(secret, 'name'), [method]: options };
}

/** The server in its own archive that a Cluster is recovered from, if the source is as `from: backup` makes it. */
function ownSource(object: PlacedObject): string | undefined {
  const spec = specOf(object);
  const source = listAt(spec, 'externalClusters').find(
    external => textAt(external, 'name') === OWN_ARCHIVE,
  );
  if (textAt(spec, 'bootstrap', 'recovery', 'source') !== OWN_ARCHIVE || !isMap(source))
    return undefined;
  const { name: _, plugin, barmanObjectStore, ...others } = source;
  const { store, serverName } = archiverOf(object) ?? {};
  const inTree = mapAt(spec, 'backup', 'barmanObjectStore');
  const named = isMap(plugin) ? storeNamed(plugin) : barmanObjectStore;
  const server = textAt(named, 'serverName');
  const ownArchive = isMap(plugin) ? { store, ...optional('serverName', serverName) } : inTree;
  const isOwn = isSame({ ...mapAt(named), serverName: '' }, { ...ownArchive, serverName: '' });
  return isOwn && Object.keys(others).length === 0 ? server : undefined;
}

function recoveryEntry({ source, volumeSnapshots, ...others }: JsonObject): JsonObject {
  const { storage, ...volumes } = mapAt(volumeSnapshots);
  const { name = '', ...ref } = mapAt(storage);
  return isSame(ref, VOLUME_SNAPSHOT) && source === undefined
    ? withoutEmpty({ from: { volumeSnapshot: name }, volumeSnapshots: volumes, ...others })
    : withoutEmpty({ from: source, volumeSnapshots, ...others });
}

function storageEntry({ storageClass, ...others }: JsonObject): Json {
  const { size = null } = others;
  const isPlain = storageClass === undefined && hasOnly(others, 'size');
  return isPlain ? size : withoutEmpty({ ...others, class: storageClass });
}

function madeStores({ databases }: FormContext): Set<string> {
  const archives = [...databases].flatMap(([name, { backup, externalClusters }]) => {
    const external = Object.entries(mapAt(externalClusters));
    return [
      [name, mapAt(backup)] as const,
      ...external.map(([server, archive]) => [`${name}-${server}`, mapAt(archive)] as const),
    ];
  });
  const made = archives.filter(
    ([, { destinationPath, inTree }]) => destinationPath !== undefined && inTree !== true,
  );
  return new Set(made.map(([usual, archive]) => textAt(archive, 'store') ?? usual));
}

/** The plugin that `backup` makes; undefined: there is none, or it has more fields. */
function archiverOf(object: PlacedObject): JsonObject | undefined {
  const [first] = listAt(specOf(object), 'plugins');
  return isMap(first) && first['isWALArchiver'] === true ? storeNamed(first) : undefined;
}

function storeNamed(plugin: JsonObject): JsonObject | undefined {
  const { name, enabled = true, parameters } = plugin;
  const isPlain =
    name === BARMAN_PLUGIN &&
    enabled === true &&
    hasOnly(plugin, 'name', 'enabled', 'isWALArchiver', 'parameters') &&
    hasOnly(mapAt(parameters), 'barmanObjectName', 'serverName');
  const { barmanObjectName: store, serverName } = mapAt(parameters);
  return isPlain && store ? { store, ...optional('serverName', serverName) } : undefined;
}

function backupPart(object: PlacedObject, context: FormContext, made: Made): Part {
  const { barmanObjectStore, retentionPolicy, ...fields } = mapAt(specOf(object), 'backup');
  const plugin = archiverOf(object);
  const isInTree = isMap(barmanObjectStore);
  const archive = isInTree
    ? inTreeArchive(barmanObjectStore)
    : archivePart(plugin, object.name, context, made);
  const ofCluster = plugin === undefined ? 'volumeSnapshot' : 'plugin';
  const method = isInTree ? 'barmanObjectStore' : ofCluster;
  const settings = { ...archive.entry, ...(isInTree && { retentionPolicy }), ...fields };
  const isMaking = Object.keys(settings).length > 0 && made !== undefined;
  const [scheduled] = isMaking ? scheduledOf(object, method, context) : [];
  const schedule = scheduled && scheduleEntry(scheduled, object.name, method);
  const covers = [...archive.covers, ...(scheduled === undefined ? [] : [scheduled])];
  return { entry: withoutEmpty({ ...settings, schedule }), covers };
}

/** An archive that CNPG itself writes. */
function inTreeArchive(configuration: JsonObject): Part {
  return { entry: { inTree: true, ...configurationEntry(configuration) }, covers: [] };
}

/** An archive that the plugin writes: its ObjectStore is made here or by another entry, or is external. */
function archivePart(
  named: JsonObject | undefined,
  usual: string,
  { original }: FormContext,
  made: Made,
): Part {
  if (named === undefined) return { entry: {}, covers: [] };
  const name = textAt(named, 'store') ?? '';
  const store = original.find('ObjectStore', name);
  if (store === undefined) return { entry: { ...named, external: true }, covers: [] };
  if (made === undefined || made.has(name)) return { entry: named, covers: [] };
  made.add(name);
  const { configuration, ...others } = specOf(withoutUsual(store));
  const { serverName: _, ...words } = configurationEntry(mapAt(configuration));
  const { store: __, ...server } = named;
  const entry = withoutEmpty({ store: unless(name, usual), ...words, ...server, ...others });
  return { entry, covers: [store] };
}

function configurationEntry({ s3Credentials, ...configuration }: JsonObject): JsonObject {
  const { destinationPath = null, ...fields } = configuration;
  const others = { destinationPath, ...fields };
  const { accessKeyId, secretAccessKey } = mapAt(s3Credentials);
  const { name, key: id } = mapAt(accessKeyId);
  const { name: second, key } = mapAt(secretAccessKey);
  if (isSame(s3Credentials, { inheritFromIAMRole: true })) return others;
  const isKey = hasOnly(mapAt(s3Credentials), 'accessKeyId', 'secretAccessKey');
  if (!isKey || name === undefined || name !== second)
    return withoutEmpty({ ...others, s3Credentials });
  const [ownId, ownKey] = [unless(id, 'ACCESS_KEY_ID'), unless(key, 'ACCESS_SECRET_KEY')];
  return { ...others, accessKey: withoutEmpty({ secret: name, id: ownId, key: ownKey }) };
}

function scheduledOf(cluster: PlacedObject, method: string, { original }: FormContext) {
  return membersOf(scheduledBackup, cluster, original).filter(
    object => (specOf(object)['method'] ?? 'barmanObjectStore') === method,
  );
}

function scheduleEntry(object: PlacedObject, cluster: string, method: string): Json {
  const { cluster: _, method: __, pluginConfiguration, ...others } = specOf(withoutUsual(object));
  const isUsual = method !== 'plugin' || isSame(pluginConfiguration, { name: BARMAN_PLUGIN });
  const plugin = !isUsual && { pluginConfiguration };
  const entry = withoutEmpty({ name: unless(object.name, cluster), ...others, ...plugin });
  const { schedule = '' } = entry;
  // Five fields are a mistake that stays as it is: lint reports it (backup-schedule).
  const isSlip = scalarText(schedule).split(' ').length === 5;
  return hasOnly(entry, 'schedule') && !isSlip ? schedule : entry;
}

function externalPart(object: PlacedObject, context: FormContext, made: Made): Part {
  const isOwn = ownSource(object) !== undefined;
  const covers: PlacedObject[] = [];
  const entries = listAt(specOf(object), 'externalClusters')
    .filter(isMap)
    .filter(({ name }) => !isOwn || name !== OWN_ARCHIVE)
    .map(({ name, plugin, barmanObjectStore, ...fields }) => {
      const named =
        isMap(plugin) && plugin['isWALArchiver'] !== true ? storeNamed(plugin) : undefined;
      const archive = isMap(barmanObjectStore)
        ? inTreeArchive(barmanObjectStore)
        : archivePart(named, `${object.name}-${name}`, context, made);
      covers.push(...archive.covers);
      const pluginField = named === undefined ? { plugin } : {};
      return [scalarText(name), withoutEmpty({ ...archive.entry, ...pluginField, ...fields })];
    });
  return { entry: Object.fromEntries(entries), covers };
}

function superuser(spec: JsonObject): Json | undefined {
  if (spec['enableSuperuserAccess'] !== true) return undefined;
  const secret = textAt(spec, 'superuserSecret', 'name');
  return secret === undefined ? true : { secret };
}

function roles(spec: JsonObject): JsonObject {
  const all = listAt(spec, 'managed', 'roles').filter(isMap);
  const entries = all.map(({ name, passwordSecret, ...others }) => {
    return [scalarText(name), withoutEmpty({ ...others, secret: textAt(passwordSecret, 'name') })];
  });
  return Object.fromEntries(entries);
}

/** The CNPG cluster that a login Secret is for, whether the operator made the Secret or the cluster names it. */
export function loginCluster(secret: string, context: FormContext): PlacedObject | undefined {
  return clustersOf(context).find(cluster =>
    [`${cluster.name}-app`, `${cluster.name}-superuser`, ...givenLogins(cluster)].includes(secret),
  );
}

function clustersOf({ original, databases }: FormContext): PlacedObject[] {
  return original.objects.filter(
    ({ knownKind, name, namespace }) =>
      knownKind === cnpgCluster && namespace === original.namespace && databases.has(name),
  );
}

function givenLogins(cluster: PlacedObject): string[] {
  const spec = specOf(cluster);
  const roles = listAt(spec, 'managed', 'roles');
  return [
    textAt(bootstrapOf(cluster)[1], 'secret', 'name'),
    textAt(spec, 'superuserSecret', 'name'),
    ...roles.map(role => textAt(role, 'passwordSecret', 'name')),
  ].filter(secret => secret !== undefined);
}

/** Whether a CNPG cluster takes a login from a Secret: `expand` gives such a Secret its type and label. */
export function isGivenLogin(secret: string, context: FormContext): boolean {
  return clustersOf(context).some(cluster => givenLogins(cluster).includes(secret));
}
