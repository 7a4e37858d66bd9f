import type { Path } from '../../core/finding.ts';
import { textAt } from '../../core/json.ts';
import { CLUSTER_MEMBERS, cnpgClusterNameOf } from '../../kinds/cnpg/cluster-status.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { partsOf } from '../../kinds/eso/external-secret-spec.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import { podOf, podReads } from '../../kinds/pods.ts';
import { databaseSecretNames } from '../model/databases.ts';
import type { DatabaseModel, Model, WorkloadModel } from '../model/model.ts';
import { resourceSecrets } from '../model/secret-data.ts';
import { cnpgCluster, cnpgDatabase, cnpgPooler, objectStore, scheduledBackup } from './cnpg.ts';
import type { EntryObject } from './patches.ts';
import { service, serviceAccount } from './pod-template.ts';
import { WORKLOADS } from './workloads.ts';

/** A database's Cluster, its extra Databases and its backups. */
export function databaseObjects(
  database: DatabaseModel,
  namespace: string,
  makers: SecretMakers,
): EntryObject[] {
  const { name, backup, extraDatabases, poolers } = database;
  const needs = [
    ...database.needs.flatMap(makers),
    ...(backup === undefined ? [] : [`ObjectStore/${name}`]),
  ];
  const afterCluster = { needs: [`Cluster/${name}`] };
  return [
    { object: cnpgCluster(database, namespace), needs },
    ...extraDatabases.map(extra => ({
      object: cnpgDatabase(extra, name, namespace),
      ...afterCluster,
    })),
    ...poolers.map(pooler => ({ object: cnpgPooler(pooler, name, namespace), ...afterCluster })),
    ...(backup === undefined
      ? []
      : [
          {
            object: objectStore(name, backup, namespace),
            needs: makers(backup.accessKey?.secret ?? ''),
          },
        ]),
    ...(backup?.schedule === undefined
      ? []
      : [{ object: scheduledBackup(name, backup.schedule, namespace), ...afterCluster }]),
  ];
}

/** An object of one's own, patched and injected, with what must be there before it. */
export function withNeeds(made: EntryObject, namespace: string, makers: SecretMakers): EntryObject {
  const object = placedObject(made.object, 0, [], namespace);
  const isHere = object.namespace === namespace || object.namespace === '';
  return { ...made, needs: isHere ? needsOf(object, namespace, makers) : [] };
}

/** The makers of the Secrets that it reads, its store, its CNPG Cluster, its pods' ServiceAccount. */
function needsOf(object: PlacedObject, namespace: string, makers: SecretMakers): string[] {
  const pod = podOf(object);
  const isWaiting = object.known?.secrets?.isOrderFree !== true;
  const reads = [
    ...(isWaiting ? (object.known?.reads?.(object) ?? []) : []),
    ...(pod === undefined ? [] : podReads(pod)),
  ];
  const account = textAt(pod?.spec, object.known?.pods?.account ?? 'serviceAccountName');
  const cnpgCluster =
    object.known !== undefined && CLUSTER_MEMBERS.includes(object.known)
      ? cnpgClusterNameOf(object.json)
      : undefined;
  const own = `${object.kind}/${object.name}`;
  return [
    ...reads
      .filter(read => !read.isOptional && (read.namespace ?? namespace) === namespace)
      .flatMap(({ secret }) => makers(secret)),
    ...(object.known === externalSecret ? storesOf(object) : []),
    ...(account === undefined ? [] : [`ServiceAccount/${account}`]),
    ...(cnpgCluster === undefined ? [] : [`Cluster/${cnpgCluster}`]),
  ].filter(ref => ref !== own);
}

function storesOf(object: PlacedObject): string[] {
  const { storeRef, data, dataFrom } = partsOf(specOf(object), ['spec']);
  const all = [storeRef, ...data.map(entry => entry.storeRef), ...dataFrom.map(e => e.storeRef)];
  return all.flatMap(ref => (ref === undefined ? [] : [`${ref.kind}/${ref.name}`]));
}

/** A workload with its ServiceAccount, unless it is given one, and its Service. */
export function workloadObjects(
  workload: WorkloadModel,
  namespace: string,
  makers: SecretMakers,
): EntryObject[] {
  const { name, kind, ports, reads, databases, serviceAccount: given } = workload;
  const { accountAnnotations } = workload;
  const { object, isWhole = false } = WORKLOADS[kind];
  const needs = [
    ...reads.flatMap(makers),
    ...databases,
    ...(isWhole ? [] : [`ServiceAccount/${given ?? name}`]),
  ];
  return [
    { object: object(workload, namespace), needs, ownTerms: ownTerms(workload) },
    ...(isWhole || given !== undefined
      ? []
      : [{ object: serviceAccount(name, namespace, accountAnnotations) }]),
    ...(isWhole || ports.length === 0 ? [] : [{ object: service(workload, namespace) }]),
  ];
}

function ownTerms({ kind, env }: WorkloadModel): NonNullable<EntryObject['ownTerms']> {
  const own = WORKLOADS[kind].ownTerms;
  if (own !== undefined) return [own];
  const raw = env.filter(({ valueFrom }) => valueFrom !== undefined && !isReference(valueFrom));
  return raw.length === 0 ? [] : [[['spec'] satisfies Path, ['env']]];
}

function isReference(valueFrom: object): boolean {
  return 'secretKeyRef' in valueFrom || 'configMapKeyRef' in valueFrom;
}

/** Which objects make a Secret: its ExternalSecret, its CNPG cluster, or both for a merge. */
export type SecretMakers = (secret: string) => readonly string[];

/** The makers of a model's Secrets, as references. */
export function secretMakers({ databases, secrets, resources, namespace }: Model): SecretMakers {
  const makers = new Map<string, string[]>();
  const add = (secret: string, maker: string): unknown =>
    makers.set(secret, [...(makers.get(secret) ?? []), maker]);
  for (const { name, externalSecret } of secrets) add(name, `ExternalSecret/${externalSecret}`);
  for (const database of databases) {
    for (const secret of databaseSecretNames(database)) add(secret, `Cluster/${database.name}`);
  }
  for (const { name, maker } of resourceSecrets(resources, namespace)) add(name, maker);
  return secret => makers.get(secret) ?? [];
}
