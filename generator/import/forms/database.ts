import { isMap, type Json, type JsonObject, listAt, mapAt, textAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { cnpgClusterNameOf } from '../../kinds/cnpg/cluster-status.ts';
import { cnpgDatabase } from '../../kinds/cnpg/database.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { BARMAN_PLUGIN, cnpgDatabaseName } from '../../spec/objects/cnpg.ts';
import type { Wanted } from '../wanted.ts';
import { type Form, type FormContext, unless, withoutEmpty } from './form.ts';

/** A CNPG cluster that initdb bootstraps, with further Databases and backups. */
export const databaseForm: Form = {
  section: 'databases',
  kinds: [cnpgCluster],
  ways: (object, { wanted }) => {
    const { database, owner } = mapAt(specOf(object), 'bootstrap', 'initdb');
    const size = textAt(specOf(object), 'storage', 'size');
    if (typeof database !== 'string' || typeof owner !== 'string' || size === undefined)
      return 'it is not made by initdb with a database, an owner and a size';
    const extras = extraDatabases(object, wanted);
    const backup = backupOf(object, wanted);
    const named = extras.length === 0 ? undefined : extraEntry(extras, owner);
    const cluster = clusterEntry(object);
    const bare = { way: 'cluster', entry: cluster, covers: [object] };
    const withExtras = {
      way: 'databases',
      entry: withoutEmpty({ ...cluster, extraDatabases: named }),
      covers: [object, ...extras],
    };
    const whole = {
      way: 'backup',
      entry: withoutEmpty({ ...cluster, extraDatabases: named, backup: backup?.entry }),
      covers: [object, ...extras, ...(backup?.covers ?? [])],
    };
    return backup === undefined ? [withExtras, bare] : [whole, withExtras, bare];
  },
};

/** The Databases of a CNPG cluster that have the names that the spec would give them. */
function extraDatabases(cluster: PlacedObject, { objects, namespace }: Wanted): PlacedObject[] {
  return objects.filter(
    object =>
      object.known === cnpgDatabase &&
      object.namespace === namespace &&
      cnpgClusterNameOf(object.json) === cluster.name &&
      object.name === cnpgDatabaseName(textAt(specOf(object), 'name') ?? '', cluster.name),
  );
}

/** Backups through the barman plugin, to an ObjectStore named as the CNPG cluster. */
function backupOf(cluster: PlacedObject, { find }: Wanted) {
  const store = find('ObjectStore', cluster.name);
  const isArchived = listAt(specOf(cluster), 'plugins').some(
    plugin => textAt(plugin, 'name') === BARMAN_PLUGIN,
  );
  if (store === undefined || !isArchived) return undefined;
  const scheduled = find('ScheduledBackup', cluster.name);
  const isOwn = scheduled !== undefined && cnpgClusterNameOf(scheduled.json) === cluster.name;
  const entry = withoutEmpty({
    destinationPath: textAt(specOf(store), 'configuration', 'destinationPath'),
    retentionPolicy: specOf(store)['retentionPolicy'],
    schedule: isOwn ? textAt(specOf(scheduled), 'schedule') : undefined,
  });
  return { entry, covers: [store, ...(isOwn ? [scheduled] : [])] };
}

function extraEntry(extras: readonly PlacedObject[], owner: string): Json {
  const entries = extras.map((object): [string, JsonObject] => {
    const spec = specOf(object);
    const reclaimPolicy = spec['databaseReclaimPolicy'];
    return [
      String(spec['name']),
      withoutEmpty({
        owner: unless(spec['owner'], owner),
        reclaimPolicy: unless(reclaimPolicy, 'retain'),
      }),
    ];
  });
  const isPlain = entries.every(([, options]) => Object.keys(options).length === 0);
  return isPlain ? entries.map(([name]) => name) : Object.fromEntries(entries);
}

function clusterEntry(object: PlacedObject): JsonObject {
  const spec = specOf(object);
  const { database, owner, secret } = mapAt(spec, 'bootstrap', 'initdb');
  const { size, storageClass } = mapAt(spec, 'storage');
  return withoutEmpty({
    database,
    owner,
    storage: storageClass === undefined ? size : withoutEmpty({ size, storageClass }),
    instances: unless(spec['instances'], 1),
    image: spec['imageName'],
    ownerSecret: textAt(secret, 'name'),
    superuser: superuser(spec),
    roles: roles(spec),
  });
}

function superuser(spec: JsonObject): Json | undefined {
  if (spec['enableSuperuserAccess'] !== true) return undefined;
  const secret = textAt(spec, 'superuserSecret', 'name');
  return secret === undefined ? true : { secret };
}

/** The fields of a role that the spec has; others go to a patch. */
const ROLE_FIELDS = [
  'login',
  'superuser',
  'createdb',
  'createrole',
  'replication',
  'inRoles',
  'connectionLimit',
  'ensure',
];

function roles(spec: JsonObject): JsonObject {
  const all = listAt(spec, 'managed', 'roles').filter(isMap);
  return Object.fromEntries(
    all.map(role => {
      const fields = ROLE_FIELDS.map(field => [field, role[field]] as const);
      const secret = textAt(role, 'passwordSecret', 'name');
      return [String(role['name']), withoutDefaults({ ...Object.fromEntries(fields), secret })];
    }),
  );
}

/** The CRD's defaults of a role (docs/facts/argocd.md#differences). */
function withoutDefaults(role: Record<string, Json | undefined>): JsonObject {
  const { connectionLimit, ensure, ...others } = role;
  return withoutEmpty({
    ...others,
    connectionLimit: unless(connectionLimit, -1),
    ensure: unless(ensure, 'present'),
  });
}

/** The CNPG cluster that a login Secret is for, whether the operator made the Secret or the cluster names it. */
export function loginCluster(secret: string, context: FormContext): PlacedObject | undefined {
  return clustersOf(context).find(cluster =>
    [`${cluster.name}-app`, `${cluster.name}-superuser`, ...givenLogins(cluster)].includes(secret),
  );
}

/** The CNPG clusters that are databases of the spec. */
function clustersOf({ wanted, databases }: FormContext): PlacedObject[] {
  return wanted.objects.filter(
    ({ known, name, namespace }) =>
      known === cnpgCluster && namespace === wanted.namespace && databases.has(name),
  );
}

function givenLogins(cluster: PlacedObject): string[] {
  const spec = specOf(cluster);
  const roles = listAt(spec, 'managed', 'roles').map(role =>
    textAt(role, 'passwordSecret', 'name'),
  );
  return [
    textAt(spec, 'bootstrap', 'initdb', 'secret', 'name'),
    textAt(spec, 'superuserSecret', 'name'),
    ...roles,
  ].filter(secret => secret !== undefined);
}

/** Whether a CNPG cluster takes a login from a Secret: `expand` gives such a Secret its type and label. */
export function isGivenLogin(secret: string, context: FormContext): boolean {
  return clustersOf(context).some(cluster => givenLogins(cluster).includes(secret));
}
