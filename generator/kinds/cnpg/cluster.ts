import type { Path } from '../../ground/finding.ts';
import { isMap, mapAt, textAt } from '../../ground/json.ts';
import { fateOfClaims } from '../claims-fate.ts';
import type { DataFate } from '../data-fate.ts';
import { type Find, type Kind, type PlacedObject, specOf } from '../kind.ts';
import { type Retention, windowRetention } from '../retention.ts';
import { ownArchive } from './archives.ts';
import { clusterForm } from './cluster-form.ts';
import { clusterReads } from './cluster-reads.ts';
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
  reads: clusterReads,
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
