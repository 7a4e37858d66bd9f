import type { Path } from '../../core/finding.ts';
import type { JsonObject } from '../../core/json.ts';
import { isMap, listAt, mapAt, mapsAt, textAt, valueAt, words } from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { BASIC_AUTH } from '../core/secret.ts';
import { claimOf, fateOfClaims } from '../core/volumes.ts';
import { providerReads } from '../eso/stores.ts';
import { windowRetention } from '../facets.ts';
import type { Kind, Made, Omitted, PlacedObject, Read } from '../kind.ts';
import { annotationOf, namedAfter, specOf } from '../kind.ts';
import { containerOf, containerReads, PULLS } from '../pods.ts';
import { CERTIFICATE_KEYS, readers, specFields } from '../secret-refs.ts';
import { ownArchive, storeFields } from './backups.ts';
import { CNPG_VERSION, certificateKeys, cnpgKind, loginKeys } from './group.ts';

/** The fields of a bootstrap, or of an entry, that say in which way a Cluster is made. */
export const METHODS = ['recovery', 'pg_basebackup', 'initdb'] as const;
const SOURCES = 'externalClusters';
const IN_TREE = ['backup', 'barmanObjectStore'];
const WINDOW = ['spec', 'backup', 'retentionPolicy'];

/** The keys that the operator needs of a login (docs/facts/cnpg.md#given-logins). */
const LOGIN_KEYS = ['username', 'password'];

export const cnpgCluster: Kind = {
  ...cnpgKind('Cluster'),
  displayName: 'CNPG Cluster',
  data: {
    isPrecious: true,
    /** It owns its claims (docs/facts/cnpg.md#volumes). */
    fate: ({ json }, find) => {
      const claims = [...cnpgVolumes(json).values()].map(volume =>
        claimOf(volume.storageClass.text),
      );
      return fateOfClaims(claims, find, 'CNPG deletes its claims');
    },
    backupPlace: ownArchive,
    /** With a plugin the window is in its ObjectStore. */
    retentions: object => {
      const isInTree = isMap(mapAt(specOf(object), 'backup')['barmanObjectStore']);
      return isInTree ? windowRetention(textAt(object.json, ...WINDOW), WINDOW) : [];
    },
  },
  makes: clusterSecrets,
  secrets: {
    omits: omittedSecrets,
    annotationsAt: () => ['spec', 'inheritedMetadata', 'annotations'],
    /** CNPG deletes no login that it made while the Cluster stays. */
    remain: 'while it stays',
    isValueSource: isValueField,
  },
  reads: readers(
    object => containerReads(containerOf(object, specOf(object), ['spec'], 'main')),
    specFields('cnpg', {
      'bootstrap.initdb.secret': LOGIN_KEYS,
      'bootstrap.recovery.secret': LOGIN_KEYS,
      'bootstrap.pg_basebackup.secret': LOGIN_KEYS,
      superuserSecret: LOGIN_KEYS,
      'managed.roles.*.passwordSecret': LOGIN_KEYS,
    }),
    object => providerReads(listAt(specOf(object), SOURCES), ['spec', SOURCES], 'cnpg'),
    /** CloudNativePG 1.30, docs/src/certificates.md. */
    specFields('cnpg', {
      'certificates.serverCASecret': ['ca.crt'],
      'certificates.serverTLSSecret': CERTIFICATE_KEYS,
      'certificates.clientCASecret': ['ca.crt'],
      'certificates.replicationTLSSecret': CERTIFICATE_KEYS,
    }),
    object => providerReads(mapAt(specOf(object), ...IN_TREE), ['spec', ...IN_TREE], 'cnpg'),
    specFields('cnpg', { 'projectedVolumeTemplate.sources.*.secret': [] }),
    specFields('pull', PULLS),
  ),
  provides: { services: clusterServices, accounts: ({ name }) => [name] },
  fields: {
    hosts: ['spec', 'externalClusters'],
    /** SQL that may create users with passwords. */
    secretNames: ['postInitSQL', 'postInitApplicationSQL', 'postInitTemplateSQL'],
    shows: [
      ...words(`spec.bootstrap.*.* spec.bootstrap.initdb.import.databases spec.bootstrap.initdb.import.roles
      spec.bootstrap.recovery.recoveryTarget.* spec.backup.retentionPolicy spec.externalClusters.plugin.parameters.*
      spec.plugins.parameters.* spec.managed.roles.inRoles spec.managed.roles.validUntil
      spec.managed.services.additional.selectorType spec.replica.* spec.primaryUpdateMethod spec.postgresql.pg_hba
      spec.postgresql.shared_preload_libraries spec.postgresql.synchronous.*`),
      ...['backup', 'externalClusters'].flatMap(at => storeFields(`spec.${at}.barmanObjectStore`)),
      ...['host', 'user', 'dbname', 'sslmode'].map(
        name => `spec.externalClusters.connectionParameters.${name}`,
      ),
    ],
  },
  changes: {
    normalForm: clusterForm,
    /** Of its CRD, and cluster_webhook.go, validateUnixPermissionIdentifierChange. */
    fixedOnceSet: ['postgresGID', 'postgresUID', 'serviceAccountName'],
  },
  news: [
    { version: '1.30', text: 'a Lease with its name keeps two instances from being the primary' },
  ],
};

function clusterSecrets(object: PlacedObject): Made[] {
  const spec = specOf(object);
  const bootstrap = mapAt(spec, 'bootstrap');
  const isAppGiven = METHODS.some(name => textAt(bootstrap, name, 'secret', 'name') !== undefined);
  const { isOn, isGiven } = superuserOf(object.json, object.name);
  return [
    ...(isAppGiven || isWithoutDatabase(spec) ? [] : [login(object, 'app')]),
    ...(isOn && !isGiven ? [login(object, 'superuser')] : []),
    ...certificates(object),
  ];
}

interface Superuser {
  readonly isOn: boolean;
  readonly secret: string;
  /** The spec names a Secret, so CNPG makes none. */
  readonly isGiven: boolean;
}

/** Whether the superuser may log in, and the Secret with its password. */
export function superuserOf(object: KubeObject, name: string): Superuser {
  const spec = mapAt(object, 'spec');
  const named = textAt(spec, 'superuserSecret', 'name') || undefined;
  return {
    isOn: spec['enableSuperuserAccess'] === true,
    secret: named ?? `${name}-superuser`,
    isGiven: named !== undefined,
  };
}

function login({ name }: PlacedObject, suffix: string): Made {
  return namedAfter(`${name}-${suffix}`, loginKeys(CNPG_VERSION).keys, { type: BASIC_AUTH });
}

/** A monolith import and a copy that only follows have the databases of their source (CNPG, cluster_defaults.go, cluster_funcs.go). */
function isWithoutDatabase({ bootstrap, replica }: JsonObject): boolean {
  const isCopy = ['recovery', 'pg_basebackup'].some(name => isMap(mapAt(bootstrap)[name]));
  const isFollowing = isCopy && mapAt(replica)['enabled'] === true;
  const isMonolith = textAt(bootstrap, 'initdb', 'import', 'type') === 'monolith';
  return isFollowing || (isMonolith && textAt(bootstrap, 'initdb', 'database') === undefined);
}

/** Each certificate Secret, and the fields that must all be given for it not to be made. */
const MADE_CERTIFICATES = [
  ['ca', 'Opaque', ['serverCASecret', 'clientCASecret']],
  ['server', 'kubernetes.io/tls', ['serverTLSSecret']],
  ['replication', 'kubernetes.io/tls', ['replicationTLSSecret']],
] as const;

function certificates(object: PlacedObject): Made[] {
  const settings = mapAt(specOf(object), 'certificates');
  return MADE_CERTIFICATES.flatMap(([suffix, type, fields]) => {
    const isGiven = fields.every(field => settings[field] !== undefined);
    const { keys = [] } = certificateKeys(suffix) ?? {};
    return isGiven
      ? []
      : [namedAfter(`${object.name}-${suffix}`, keys, { type, isInternal: true })];
  });
}

/** The suffixes of Secrets that CNPG makes, each with a field that names another Secret instead. */
const REPLACING_FIELDS: readonly (readonly [suffix: string, ...field: string[]])[] = [
  ...METHODS.map(method => ['app', 'bootstrap', method, 'secret', 'name'] as const),
  ['superuser', 'superuserSecret', 'name'],
  ...MADE_CERTIFICATES.map(([suffix, , [field]]) => [suffix, 'certificates', field] as const),
];

const MADE_SOMETIMES: Readonly<Record<string, string>> = {
  app: 'CNPG makes none without a database of its own: a monolith import and a replica cluster copy roles with their passwords.',
  superuser:
    'CNPG makes it only with enableSuperuserAccess: true: set it, or read the -app Secret.',
};

function omittedSecrets(object: PlacedObject): Omitted[] {
  const others = Object.entries(MADE_SOMETIMES).map(([suffix, hint]): Omitted => {
    return { secret: `${object.name}-${suffix}`, hint, path: ['metadata', 'name'] };
  });
  const replaced = REPLACING_FIELDS.flatMap(([suffix, ...field]): Omitted[] => {
    const name = textAt(specOf(object), ...field);
    const secret = `${object.name}-${suffix}`;
    const where = field.filter(step => step !== 'name').join('.');
    const hint = `CNPG makes no "${secret}", because ${where} names "${name}": read that one.`;
    return name === undefined ? [] : [{ secret, hint, path: ['spec', ...field] }];
  });
  return [...others, ...replaced];
}

/** `-rw` is the primary, `-ro` the replicas, `-r` any instance. */
const SUFFIXES = ['rw', 'ro', 'r'] as const;
export type ServiceSuffix = (typeof SUFFIXES)[number];

function clusterServices(cluster: PlacedObject): string[] {
  const services = mapAt(specOf(cluster), 'managed', 'services');
  const disabled = listAt(services, 'disabledDefaultServices');
  const additional = listAt(services, 'additional').flatMap(
    service => textAt(service, 'serviceTemplate', 'metadata', 'name') ?? [],
  );
  const standard = SUFFIXES.filter(suffix => !disabled.includes(suffix));
  return [...new Set([...standard.map(suffix => `${cluster.name}-${suffix}`), ...additional])];
}

/** The annotation of a Cluster that is to have no pods and keep its claims (docs/facts/cnpg.md#hibernation). */
export const HIBERNATION = 'cnpg.io/hibernation';

/** The annotation that lists the pods of a Cluster whose PostgreSQL is stopped (docs/facts/cnpg.md#hibernation). */
const FENCED = 'cnpg.io/fencedInstances';

/** The annotation by which PostgreSQL runs in none of its pods; undefined: there is none. */
export function stoppedBy(cluster: PlacedObject): string | undefined {
  if (annotationOf(cluster, HIBERNATION) === 'on') return HIBERNATION;
  return /^\s*\[\s*"\*"\s*\]\s*$/.test(annotationOf(cluster, FENCED) ?? '') ? FENCED : undefined;
}

/** Whether a Cluster only follows another one (CNPG, cluster_funcs.go, IsReplica). */
export function isReplica(cluster: PlacedObject): boolean {
  const { replica } = specOf(cluster);
  if (!isMap(replica)) return false;
  if (typeof replica['enabled'] === 'boolean') return replica['enabled'];
  return (textAt(replica, 'self') || cluster.name) !== textAt(replica, 'primary');
}

/** The fields that decide the values in each Secret that CNPG makes, by the suffix of its name. */
const VALUE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  app: ['bootstrap'],
  superuser: ['enableSuperuserAccess', 'superuserSecret'],
  ca: ['certificates'],
  replication: ['certificates'],
  /** Its names are those of the services too (CloudNativePG 1.30, cluster_funcs.go, GetClusterAltDNSNames). */
  server: ['certificates', 'managed'],
};

/** Other options of a bootstrap than those of the login count only when the Cluster is created. */
function isValueField([first, field, sub, option]: Path, secret: string): boolean {
  const fields = VALUE_FIELDS[secret.slice(secret.lastIndexOf('-') + 1)] ?? [];
  if (first !== 'spec' || !fields.includes(String(field))) return false;
  if (field === 'managed') return sub !== 'roles';
  if (field !== 'bootstrap' || option === undefined) return true;
  return ['database', 'owner', 'secret'].includes(String(option));
}

function clusterForm(object: JsonObject): JsonObject {
  const spec = mapAt(object, 'spec');
  const bootstrap = filledBootstrap(mapAt(spec, 'bootstrap'));
  const affinity = mapAt(spec, 'affinity');
  // By default the instances are kept apart where that is possible (CNPG 1.30.0, cluster_defaults.go).
  const isApart = affinity['enablePodAntiAffinity'] !== false;
  const filled = isApart ? { podAntiAffinityType: 'preferred', ...affinity } : affinity;
  return { ...object, spec: { ...spec, bootstrap, affinity: filled } };
}

/** A bootstrap with the defaults: initdb, database `app`, owner as the database (CNPG 1.30.0, cluster_defaults.go). */
function filledBootstrap(bootstrap: JsonObject): JsonObject {
  const method = ['recovery', 'pg_basebackup'].find(name => (bootstrap[name] ?? null) !== null);
  if (method !== undefined)
    return { ...bootstrap, [method]: withDatabase(mapAt(bootstrap, method)) };
  const initdb = mapAt(bootstrap, 'initdb');
  // A monolith import copies databases and owners, so it has no defaults for them.
  const isCopied = textAt(initdb, 'import', 'type') === 'monolith' && !textAt(initdb, 'database');
  const options = isCopied ? initdb : withDatabase(initdb);
  const usual = { encoding: 'UTF8', localeCollate: 'C', localeCType: 'C' };
  return { ...bootstrap, initdb: { ...usual, ...options } };
}

function withDatabase(options: JsonObject): JsonObject {
  const database = textAt(options, 'database') || 'app';
  return { ...options, database, owner: textAt(options, 'owner') || database };
}

/** Whether a read is of the login of the role that owns the databases. */
export function isOwnersLogin({ path: [, field] }: Read): boolean {
  return field === 'bootstrap';
}

/** Whether CNPG sets a password (of the owner, the superuser or a role) from what it reads. */
export function isCnpgPassword({ how, path }: Read): boolean {
  if (how !== 'cnpg') return false;
  const [, field, sub] = path;
  if (field === 'bootstrap') return sub === 'initdb';
  return field === 'superuserSecret' || (field === 'managed' && path.includes('passwordSecret'));
}

export const POSTGRES_PORT = '5432';

/** The name of the Cluster and the suffix in the name of a Service, if it is one of a Cluster. */
export function serviceParts(
  service: string,
): { readonly cnpgCluster: string; readonly suffix: ServiceSuffix } | undefined {
  const suffix = SUFFIXES.find(end => service.endsWith(`-${end}`));
  return suffix && { cnpgCluster: service.slice(0, -suffix.length - 1), suffix };
}

export function serviceHost(service: string, namespace: string): string {
  return `${service}.${namespace}.svc.cluster.local`;
}

/** The hosts of a CNPG Cluster: of its primary, its replicas and any instance. */
export function hosts(cluster: string, namespace: string): Readonly<Record<string, string>> {
  const host = (suffix: ServiceSuffix): string => serviceHost(`${cluster}-${suffix}`, namespace);
  return { host: host('rw'), 'host-ro': host('ro'), 'host-r': host('r') };
}

export interface CnpgVolume {
  readonly name: string;
  readonly path: Path;
  readonly size: VolumeField;
  readonly storageClass: VolumeField;
}

interface VolumeField {
  readonly text: string | undefined;
  readonly path: Path;
}

export function cnpgVolumes(cnpgCluster: KubeObject): Map<string, CnpgVolume> {
  const spec = mapAt(cnpgCluster, 'spec');
  const dataVolumes = ['storage', 'walStorage'].flatMap(name => {
    const { [name]: storage } = spec;
    const path = ['spec', name];
    return isMap(storage) ? [{ name, path, ...fieldsOf(storage, path) }] : [];
  });
  const tablespaces = mapsAt(spec, ['spec'], 'tablespaces').map(({ map, path }) => ({
    name: `tablespace "${map['name']}"`,
    path,
    ...fieldsOf(mapAt(map, 'storage'), [...path, 'storage']),
  }));
  return new Map([...dataVolumes, ...tablespaces].map(volume => [volume.name, volume]));
}

/** A field of the storage goes before that of its pvcTemplate (CNPG 1.30.0, persistentvolumeclaim/build.go). */
function fieldsOf(storage: JsonObject, path: Path): Pick<CnpgVolume, 'size' | 'storageClass'> {
  const field = (name: string, ...template: string[]): VolumeField => {
    const inTemplate = ['pvcTemplate', ...template];
    const [ofVolume, ofTemplate] = [storage[name], valueAt(storage, inTemplate)].map(textOf);
    const isOfTemplate = ofVolume === undefined && ofTemplate !== undefined;
    return {
      text: ofVolume ?? ofTemplate,
      path: [...path, ...(isOfTemplate ? inTemplate : [name])],
    };
  };
  return {
    size: field('size', 'resources', 'requests', 'storage'),
    storageClass: field('storageClass', 'storageClassName'),
  };
}

function textOf(value: unknown): string | undefined {
  const isWritten = typeof value === 'number' || (typeof value === 'string' && value !== '');
  return isWritten ? String(value) : undefined;
}

/** Whether CNPG's validation of a Cluster is switched off, as for smaller volumes (CloudNativePG 1.30, docs/src/storage.md). */
export function isUnchecked(object: PlacedObject): boolean {
  return annotationOf(object, 'cnpg.io/validation') === 'disabled';
}

interface Bootstrap {
  readonly method: (typeof METHODS)[number];
  readonly path: Path;
  /** Undefined: a monolith import copies its owners. */
  readonly owner: string | undefined;
  readonly secret: string;
  /** The data is copied from a running Cluster: pg_basebackup, initdb.import. */
  readonly isCopy: boolean;
}

export function methodOf(fields: object): (typeof METHODS)[number] {
  return METHODS.find(method => Object.hasOwn(fields, method)) ?? 'initdb';
}

/** The bootstrap of a CNPG Cluster in its effective form. */
export function bootstrapOf(cnpgCluster: KubeObject): Bootstrap {
  const bootstrap = mapAt(cnpgCluster, 'spec', 'bootstrap');
  const method = methodOf(bootstrap);
  return {
    method,
    path: ['spec', 'bootstrap', method],
    owner: textAt(bootstrap, method, 'owner'),
    secret:
      textAt(bootstrap, method, 'secret', 'name') ||
      `${textAt(cnpgCluster, 'metadata', 'name')}-app`,
    isCopy: method === 'pg_basebackup' || mapAt(bootstrap, method)['import'] !== undefined,
  };
}
