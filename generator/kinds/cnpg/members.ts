import type { Path } from '../../core/finding.ts';
import { isMap, listAt, mapAt, scalarText, textAt, words } from '../../core/json.ts';
import type { ClusterEvent } from '../core/pod.ts';
import { type Find, type Kind, namedAfter, type PlacedObject, specOf } from '../kind.ts';
import { CERTIFICATE_KEYS, readers, referenceReads, specFields } from '../secret-refs.ts';
import { cnpgBackup, scheduledBackup } from './backups.ts';
import { bootstrapOf, cnpgCluster, superuserOf } from './cluster.ts';
import { cnpgKind, RELOAD_LABEL } from './group.ts';

export const cnpgDatabase: Kind = {
  ...cnpgKind('Database'),
  fields: { shows: ['spec.*', 'spec.extensions.*', 'spec.schemas.*'] },
  data: { isPrecious: true },
  changes: {
    fixedOnceSet:
      words(`builtinLocale cluster.name collationVersion encoding icuLocale icuRules locale
      localeCType localeCollate localeProvider name template`),
  },
};

export const pooler: Kind = {
  ...cnpgKind('Pooler'),
  fields: { shows: ['spec.type', 'spec.pgbouncer.poolMode'] },
  provides: { services: ({ name }) => [name], accounts: ({ name }) => [name] },
  /** What PgBouncer signs in with and shows (docs/facts/cnpg.md#poolers), and what is laid over the pods. */
  reads: readers(
    specFields('ref', {
      'pgbouncer.authQuerySecret': [],
      'pgbouncer.serverTLSSecret': CERTIFICATE_KEYS,
      'pgbouncer.serverCASecret': ['ca.crt'],
      'pgbouncer.clientCASecret': ['ca.crt'],
      'pgbouncer.clientTLSSecret': CERTIFICATE_KEYS,
    }),
    object => referenceReads(specOf(object)['template'], ['spec', 'template']),
  ),
};

export const publication: Kind = {
  ...cnpgKind('Publication'),
  changes: { fixedOnceSet: ['cluster.name', 'dbname', 'name', 'target.allTables'] },
};

export const subscription: Kind = {
  ...cnpgKind('Subscription'),
  changes: { fixedOnceSet: ['cluster.name', 'dbname', 'name'] },
};

interface TakenPassword {
  readonly role: string;
  readonly version: string;
  /** Whether CNPG set the password in the database; otherwise it tells only that it read the Secret. */
  readonly isSet: boolean;
}

/** The roles of a Cluster or DatabaseRole whose password from this Secret CNPG has read (docs/facts/cnpg.md#status). */
export function takenPasswords(live: PlacedObject, secret: string): TakenPassword[] {
  return loginsOf(live).flatMap(([role, read, version, isSet]) =>
    role !== undefined && read === secret && version ? [{ role, version, isSet }] : [],
  );
}

type Text = string | undefined;
type Login = readonly [role: Text, read: Text, version: Text, isSet: boolean];

function loginsOf(live: PlacedObject): Login[] {
  const [spec, status] = [specOf(live), mapAt(live.json, 'status')];
  const passwordOf = (role: unknown) => textAt(role, 'passwordSecret', 'name');
  if (live.knownKind === databaseRole) {
    const role = textAt(spec, 'name') ?? live.name;
    return [[role, passwordOf(spec), textAt(status, 'secretResourceVersion'), true]];
  }
  if (live.knownKind !== cnpgCluster) return [];
  const taken = mapAt(status, 'managedRolesStatus', 'passwordStatus');
  const managed = listAt(spec, 'managed', 'roles').map((listed): Login => {
    const role = textAt(listed, 'name') ?? '';
    return [role, passwordOf(listed), textAt(taken, role, 'resourceVersion'), true];
  });
  if (spec['replica'] !== undefined) return managed;
  const versions = mapAt(status, 'secretsResourceVersion');
  const app = bootstrapOf(live.json);
  const superuser = superuserOf(live.json, live.name);
  const postgres = superuser.isOn ? 'postgres' : undefined;
  return [
    ...managed,
    [app.owner, app.secret, textAt(versions, 'applicationSecretVersion'), false],
    [postgres, superuser.secret, textAt(versions, 'superuserSecretVersion'), false],
  ];
}

/** The label that makes CNPG read a Secret again, for `kubectl label`. */
export const RELOADED: string = `${RELOAD_LABEL}=true`;

export const databaseRole: Kind = {
  ...cnpgKind('DatabaseRole'),
  reads: specFields('cnpg', { passwordSecret: [] }),
  /** docs/facts/cnpg.md#client-certificates. */
  makes: object => {
    const certificate = specOf(object)['clientCertificate'];
    if (!isMap(certificate) || certificate['enabled'] === false) return [];
    return [namedAfter(`${object.name}-client-cert`, ['tls.crt', 'tls.key'])];
  },
  news: [{ version: '1.30', text: 'with clientCertificate it makes the Secret NAME-client-cert' }],
  changes: { fixedOnceSet: ['cluster.name', 'name'] },
};

export function externalClusters(cnpgCluster: PlacedObject): string[] {
  const all = listAt(specOf(cnpgCluster), 'externalClusters');
  return all.flatMap(entry => textAt(entry, 'name') ?? []);
}

/** The fields of a CNPG cluster that name one of its external clusters, in its spec. */
export const COPY_SOURCES: readonly (readonly string[])[] = [
  ['bootstrap', 'recovery', 'source'],
  ['bootstrap', 'pg_basebackup', 'source'],
  ['bootstrap', 'initdb', 'import', 'source', 'externalCluster'],
];

/** The field that names the external cluster which it follows for as long as it is a replica. */
export const FOLLOWED_SOURCE: readonly string[] = ['replica', 'source'];

/** The roles of a CNPG cluster; undefined: data or SQL brings more. Defaults: cluster_defaults.go, defaultInitDB. */
export function declaredRoles(
  cnpgCluster: PlacedObject,
  databaseRoles: readonly PlacedObject[],
): Set<string> | undefined {
  const { bootstrap, replica } = specOf(cnpgCluster);
  const { initdb, recovery, pg_basebackup: copy } = mapAt(bootstrap);
  const isFilled = Object.keys(mapAt(initdb)).some(field => /^(post\w*SQL|import$)/.test(field));
  if (isFilled || [recovery, copy, replica].some(method => method !== undefined)) return undefined;
  return new Set([
    textAt(initdb, 'owner') ?? textAt(initdb, 'database') ?? 'app',
    'postgres',
    ...listAt(specOf(cnpgCluster), 'managed', 'roles').flatMap(role => textAt(role, 'name') ?? []),
    ...databaseRoles.map(role => textAt(specOf(role), 'name') ?? role.name),
  ]);
}

const HEALTHY = 'Cluster in healthy state';

/** Phases that a Cluster stays in until somebody acts (docs/facts/cnpg.md#status). */
const STUCK: readonly string[] = [
  'Unable to create required cluster objects',
  'Cluster cannot proceed to reconciliation due to an unknown plugin being required',
  'Cluster cannot proceed to reconciliation due to an error while interacting with plugins',
  'Cluster has incomplete or invalid image catalog',
  'Cluster cannot execute instance online upgrade due to missing architecture binary',
  'Cluster is unrecoverable and needs manual intervention',
  'Invalid cluster definition',
];

interface ClusterPhase {
  readonly name: string;
  readonly reason: string;
  readonly isHealthy: boolean;
  readonly isStuck: boolean;
}

/** The phase of a Cluster; undefined: the operator has not set one. */
export function phaseOf({ json }: PlacedObject): ClusterPhase | undefined {
  const name = textAt(json, 'status', 'phase');
  if (name === undefined) return undefined;
  const reason = textAt(json, 'status', 'phaseReason') ?? '';
  return { name, reason, isHealthy: name === HEALTHY, isStuck: STUCK.includes(name) };
}

type FailedRole = { readonly role: string; readonly errors: readonly string[] };

/** The roles that CNPG could not set, and whose password is from this Secret or from none. */
export function failedRoles(cluster: PlacedObject, secret: string): FailedRole[] {
  const failed = mapAt(cluster.json, 'status', 'managedRolesStatus', 'cannotReconcile');
  const others = new Set(
    listAt(specOf(cluster), 'managed', 'roles')
      .filter(role => (textAt(role, 'passwordSecret', 'name') ?? secret) !== secret)
      .map(role => textAt(role, 'name')),
  );
  return Object.entries(failed)
    .filter(([role]) => !others.has(role))
    .map(([role, errors]) => ({ role, errors: listAt(errors).map(scalarText) }));
}

/** Whether an event says that a Cluster did not find this Secret. */
export function isMissing({ reason, message }: ClusterEvent, secret: string): boolean {
  return reason === 'SecretNotFound' && message.split(/[\s,:"']/).includes(secret);
}

type Applied = { readonly isApplied: boolean; readonly message: string };

/** Whether CNPG applied a Database or DatabaseRole; undefined: its status does not say. */
export function appliedStatus({ json }: PlacedObject): Applied | undefined {
  const { applied } = mapAt(json, 'status');
  if (typeof applied !== 'boolean') return undefined;
  return { isApplied: applied, message: textAt(json, 'status', 'message') ?? '' };
}

/** Whether a pod belongs to a Cluster: an instance, or a job that makes one. */
export function isPodOf(pod: PlacedObject, cluster: PlacedObject): boolean {
  const labels = mapAt(pod.json, 'metadata', 'labels');
  return pod.namespace === cluster.namespace && textAt(labels, CLUSTER_LABEL) === cluster.name;
}

/** The label of a pod with the name of its Cluster. */
export const CLUSTER_LABEL = 'cnpg.io/cluster';

/** A label with the name of the instance that pods of older versions had. */
export const FORMER_LABEL = 'postgresql';

/** The labels that CNPG gives pods, with their values if there are few (docs/facts/cnpg.md#pod-labels). */
export const POD_LABELS: ReadonlyMap<string, readonly string[] | undefined> = new Map([
  [CLUSTER_LABEL, undefined],
  ['cnpg.io/instanceName', undefined],
  ['cnpg.io/instanceRole', ['primary', 'replica']],
  ['cnpg.io/jobRole', undefined],
  ['cnpg.io/podRole', ['instance', 'pooler']],
  ['cnpg.io/poolerName', undefined],
  ['role', ['primary', 'replica']],
]);

export const POD_LABEL_NAMES: readonly string[] = [...POD_LABELS.keys()].filter(isCnpgLabel);

export function isCnpgLabel(label: string): boolean {
  return label.startsWith('cnpg.io/');
}

/** Labels that a manifest may give the pods of CNPG. The operator may pass on those of the Cluster itself. */
export function givenLabels({ json, knownKind }: PlacedObject): string[] {
  const ofPooler = [mapAt(json, 'spec', 'template', 'metadata')];
  const ofCluster = [json.metadata, mapAt(json, 'spec', 'inheritedMetadata')];
  if (knownKind !== cnpgCluster && knownKind !== pooler) return [];
  return (knownKind === pooler ? ofPooler : ofCluster).flatMap(metadata =>
    Object.keys(mapAt(metadata, 'labels')),
  );
}

export const CLUSTER_MEMBERS: readonly Kind[] = [
  cnpgBackup,
  cnpgDatabase,
  databaseRole,
  pooler,
  publication,
  scheduledBackup,
  subscription,
];

export const CLUSTER_PATH: Path = ['spec', 'cluster', 'name'];

/** The name of the Cluster that an object belongs to, in its namespace. */
export function cnpgClusterNameOf(object: unknown): string | undefined {
  return textAt(object, ...CLUSTER_PATH);
}

export function cnpgClusterOf(
  { find }: { readonly find: Find },
  object: PlacedObject,
): PlacedObject | undefined {
  return find(cnpgCluster, object.namespace, cnpgClusterNameOf(object.json) ?? '');
}
