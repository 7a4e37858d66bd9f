import { textAt } from '../../core/json.ts';
import { CLUSTER_MEMBERS, cnpgClusterNameOf } from '../../kinds/cnpg/cluster-status.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { partsOf } from '../../kinds/eso/external-secret-spec.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import { podOf, podReads } from '../../kinds/pods.ts';
import { databaseSecretNames } from '../model/databases.ts';
import type { DatabaseModel, Model, WorkloadModel } from '../model/model.ts';
import { resourceSecrets } from '../model/resources.ts';
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

/** An object under `resources`, patched and injected, with the objects that must be there before it. */
export function withNeeds(made: EntryObject, namespace: string, makers: SecretMakers): EntryObject {
  const object = placedObject(made.object, 0, [], namespace);
  const isHere = object.namespace === namespace || object.namespace === '';
  return { ...made, needs: isHere ? needsOf(object, namespace, makers) : [] };
}

/** The makers of the Secrets that an object reads, its stores, its CNPG Cluster and its pods' ServiceAccount. */
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
  return [
    ...reads
      .filter(read => !read.isOptional && (read.namespace ?? namespace) === namespace)
      .flatMap(({ secret }) => makers(secret)),
    ...(object.known === externalSecret ? storesOf(object) : []),
    ...(account === undefined ? [] : [`ServiceAccount/${account}`]),
    ...(cnpgCluster === undefined ? [] : [`Cluster/${cnpgCluster}`]),
  ].filter(ref => ref !== `${object.kind}/${object.name}`);
}

function storesOf(object: PlacedObject): string[] {
  const { storeRef, data, dataFrom } = partsOf(specOf(object), ['spec']);
  const all = [storeRef, ...data.map(entry => entry.storeRef), ...dataFrom.map(e => e.storeRef)];
  return all.flatMap(ref => (ref === undefined ? [] : [`${ref.kind}/${ref.name}`]));
}

/** A workload, its ServiceAccount, unless it names one, and its Service. */
export function workloadObjects(
  workload: WorkloadModel,
  namespace: string,
  makers: SecretMakers,
): EntryObject[] {
  const { name, kind, ports, reads, databases, serviceAccount: account } = workload;
  const { object, isWhole = false } = WORKLOADS[kind];
  const needs = [
    ...reads.flatMap(makers),
    ...databases,
    ...(isWhole ? [] : [`ServiceAccount/${account ?? name}`]),
  ];
  return [
    { object: object(workload, namespace), needs, ownTerms: ownTerms(workload) },
    ...(isWhole || account !== undefined
      ? []
      : [{ object: serviceAccount(name, namespace, workload.accountAnnotations) }]),
    ...(isWhole || ports.length === 0 ? [] : [{ object: service(workload, namespace) }]),
  ];
}

function ownTerms({ kind, env }: WorkloadModel): NonNullable<EntryObject['ownTerms']> {
  const { ownTerms: ofKind } = WORKLOADS[kind];
  if (ofKind !== undefined) return [ofKind];
  const isRaw = env.some(
    ({ valueFrom }) =>
      valueFrom !== undefined &&
      !('secretKeyRef' in valueFrom) &&
      !('configMapKeyRef' in valueFrom),
  );
  return isRaw ? [[['spec'], ['env']]] : [];
}

/** Finds the objects that make a Secret: an ExternalSecret, a CNPG cluster, or both if one merges into the other's. */
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
