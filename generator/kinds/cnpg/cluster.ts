import type { Path } from '../../ground/finding.ts';
import { isMap, type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { type Retention, windowRetention } from '../backups.ts';
import { fateOfClaims } from '../claims-fate.ts';
import type { DataFate } from '../data-fate.ts';
import { type Find, type Kind, type PlacedObject, specOf } from '../kind.ts';
import { ownArchive } from './archives.ts';
import { cnpgClusterReads } from './cluster-reads.ts';
import { clusterSecrets, omittedSecrets } from './cluster-secrets.ts';
import { CNPG, served } from './group.ts';
import { clusterServices } from './services.ts';
import { cnpgVolumes } from './volumes.ts';

export const cnpgCluster: Kind = {
  group: CNPG,
  kind: 'Cluster',
  called: 'CNPG Cluster',
  served,
  isPrecious: true,
  makes: clusterSecrets,
  omits: omittedSecrets,
  secretAnnotations: () => ['spec', 'inheritedMetadata', 'annotations'],
  reads: cnpgClusterReads,
  /** CNPG deletes no login that it made while the Cluster stays. */
  leaves: 'while it stays',
  feeds: feedsLogins,
  dataFate: volumesFate,
  backupPlace: ownArchive,
  keepsBackups: keptInTree,
  services: clusterServices,
  accounts: ({ name }) => [name],
  hosts: ['spec', 'externalClusters'],
  form: clusterForm,
  /** SQL that makes users. */
  secretFields: ['postInitSQL', 'postInitApplicationSQL', 'postInitTemplateSQL'],
  /** Its release notes. */
  news: [
    { version: '1.30', text: 'a Lease with its name keeps two instances from being the primary' },
  ],
  /** Of its CRD, and cluster_webhook.go, validateUnixPermissionIdentifierChange. */
  keeps: ['postgresGID', 'postgresUID', 'serviceAccountName'],
};

/** Its claims are owned by it (docs/facts/cnpg.md#volumes). */
function volumesFate({ json }: PlacedObject, find: Find): DataFate {
  const claims = [...cnpgVolumes(json).values()].map(({ storageClass: { text } }) =>
    text === undefined ? {} : { storageClassName: text },
  );
  return fateOfClaims(claims, find, 'CNPG deletes its claims');
}

const FEEDING = ['certificates', 'enableSuperuserAccess', 'managed', 'superuserSecret'];

/** Options of a bootstrap, but for those of the login, are read only when the Cluster is made. */
function feedsLogins([first, field, , option]: Path): boolean {
  if (first !== 'spec') return false;
  if (field !== 'bootstrap') return FEEDING.includes(String(field));
  return option === undefined || ['database', 'owner', 'secret'].includes(String(option));
}

const WINDOW = ['backup', 'retentionPolicy'];

/** A plugin has its own window, in the store. */
function keptInTree(object: PlacedObject): Retention[] {
  const isInTree = isMap(mapAt(specOf(object), 'backup')['barmanObjectStore']);
  return isInTree ? windowRetention(textAt(specOf(object), ...WINDOW), ['spec', ...WINDOW]) : [];
}

/** A CNPG Cluster as the operator's webhook completes it. */
function clusterForm(object: JsonObject): JsonObject {
  const spec = mapAt(object, 'spec');
  return {
    ...object,
    spec: {
      ...spec,
      bootstrap: filledBootstrap(mapAt(spec, 'bootstrap')),
      affinity: filledAffinity(mapAt(spec, 'affinity')),
    },
  };
}

/**
 * The bootstrap of a CNPG Cluster as the operator's webhook completes it: initdb where no method
 * is given, a database `app`, an owner named after the database (CNPG 1.30.0,
 * api/v1/cluster_defaults.go).
 */
function filledBootstrap(bootstrap: JsonObject): JsonObject {
  for (const method of ['recovery', 'pg_basebackup'])
    if (Object.hasOwn(bootstrap, method) && bootstrap[method] !== null)
      return { ...bootstrap, [method]: withDatabase(mapAt(bootstrap, method)) };
  return { ...bootstrap, initdb: filledInitdb(mapAt(bootstrap, 'initdb')) };
}

/** A monolith import brings databases and owners of its own. */
function filledInitdb(initdb: JsonObject): JsonObject {
  const isMonolith = textAt(initdb, 'import', 'type') === 'monolith';
  return {
    encoding: 'UTF8',
    localeCollate: 'C',
    localeCType: 'C',
    ...(isMonolith && !textAt(initdb, 'database') ? initdb : withDatabase(initdb)),
  };
}

function withDatabase(options: JsonObject): JsonObject {
  const database = textAt(options, 'database') || 'app';
  return { ...options, database, owner: textAt(options, 'owner') || database };
}

/** The instances are kept apart where that is possible, unless a Cluster says otherwise (ibid.). */
function filledAffinity(affinity: JsonObject): JsonObject {
  const isApart = affinity['enablePodAntiAffinity'] !== false;
  return isApart ? { podAntiAffinityType: 'preferred', ...affinity } : affinity;
}

const METHODS = ['recovery', 'pg_basebackup', 'initdb'] as const;

/** How a CNPG Cluster is made, and whose login the operator keeps up ever after. */
interface Bootstrap {
  readonly method: (typeof METHODS)[number];
  readonly path: Path;
  /** None: a monolith import brings its own. */
  readonly owner: string | undefined;
  /** The Secret with the owner's password: `NAME-app` where none is named. */
  readonly secret: string;
  /** The data comes from a Cluster that runs: pg_basebackup, initdb.import. */
  readonly isCopy: boolean;
}

/** The bootstrap of a CNPG Cluster in its effective form. */
export function bootstrapOf(cnpgCluster: KubeObject): Bootstrap {
  const bootstrap = mapAt(cnpgCluster, 'spec', 'bootstrap');
  const method = METHODS.find(name => Object.hasOwn(bootstrap, name)) ?? 'initdb';
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
