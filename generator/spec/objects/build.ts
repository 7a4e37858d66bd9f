import type { Path } from '../../core/finding.ts';
import { type JsonObject, textAt, valueAt } from '../../core/json.ts';
import { asJson, type KubeObject } from '../../core/kube-object.ts';
import { CLUSTER_MEMBERS, cnpgClusterNameOf } from '../../kinds/cnpg/cluster-status.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { partsOf } from '../../kinds/eso/external-secret-spec.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import { podOf, podReads } from '../../kinds/pods.ts';
import { databaseSecretNames } from '../model/databases.ts';
import type { Model, ServiceModel, WorkloadModel } from '../model/model.ts';
import { resourceSecrets } from '../model/resources.ts';
import { withOwn } from '../own-fields.ts';
import type { EntryObject, SecretMakers } from './patches.ts';
import { service, serviceAccount, volumeClaim } from './pod-template.ts';
import { WORKLOADS } from './workloads.ts';

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

/** A workload, the claims of its volumes, its ServiceAccount, unless it names one, and its Service. */
export function workloadObjects(
  workload: WorkloadModel,
  namespace: string,
  makers: SecretMakers,
): EntryObject[] {
  const { kind, service: port, reads, databases, claims, account } = workload;
  const { object, isWhole = false } = WORKLOADS[kind];
  const made = claims.filter(({ isTemplate }) => !isTemplate);
  const needs = [
    ...reads.flatMap(makers),
    ...databases,
    ...made.map(claim => `PersistentVolumeClaim/${claim.name}`),
    ...(isWhole ? [] : [`ServiceAccount/${workload.serviceAccount}`]),
  ];
  const built = withOwn(asJson(object(workload, namespace)), workload.fields);
  return [
    { object: built as unknown as KubeObject, needs, ownTerms: ownTerms(workload, built) },
    ...made.map(claim => ({ object: volumeClaim(claim, namespace) })),
    ...(isWhole || account === undefined
      ? []
      : [{ object: serviceAccount(workload.serviceAccount, namespace, account) }]),
    ...(isWhole || port === undefined ? [] : [serviceObject(workload, port, namespace)]),
  ];
}

function serviceObject(
  workload: WorkloadModel,
  model: ServiceModel,
  namespace: string,
): EntryObject {
  const terms = model.fields.map(({ name, path }) => [path, ['service', name]] as const);
  return {
    object: service(workload, model, namespace),
    ...(terms.length > 0 && { ownTerms: [...terms, [['spec'], ['service']]] }),
  };
}

/** The parts of a workload that the spec has in Kubernetes' own terms. */
function ownTerms(
  workload: WorkloadModel,
  built: JsonObject,
): NonNullable<EntryObject['ownTerms']> {
  const { kind, container, fields, hasOwnTerms } = workload;
  const { ownTerms: ofKind } = WORKLOADS[kind];
  const placed = fields.map(({ name, path }) => [path, [name]] as const);
  if (ofKind !== undefined) return [...placed, ofKind];
  const isRaw = container.env.some(
    ({ valueFrom }) =>
      valueFrom !== undefined &&
      !('secretKeyRef' in valueFrom) &&
      !('configMapKeyRef' in valueFrom),
  );
  if (!hasOwnTerms && !isRaw) return [];
  return [
    ...placed,
    ...podTerms(workload, built),
    ...(isRaw ? [[['spec'], ['env']] as const] : []),
  ];
}

/** Where the parts of the pods are in the entry. */
function podTerms(
  { container, init, sidecars, volumes, path: entry }: WorkloadModel,
  built: JsonObject,
): [inObject: Path, inEntry: Path][] {
  const pod = POD_PATHS.find(path => valueAt(built, path) !== undefined) ?? [];
  const all = [
    ...[container, ...sidecars].map((one, index) => ({ one, list: 'containers', index })),
    ...init.map((one, index) => ({ one, list: 'initContainers', index })),
  ];
  return [
    ...volumes.map(({ name }, index): [Path, Path] => [
      [...pod, 'volumes', index],
      ['volumes', String(name)],
    ]),
    ...all.flatMap(({ one, list, index }): [Path, Path][] => {
      const at = [...pod, list, index];
      const within = one.path.slice(entry.length);
      const probes = Object.keys(one.probes).map((probe): [Path, Path] => [
        [...at, probe],
        [...within, 'probes', probe.replace('Probe', '')],
      ]);
      return [
        ...probes,
        [
          [...at, 'securityContext'],
          [...within, 'security'],
        ],
        [at, within],
      ];
    }),
    [[...pod, 'securityContext'], ['security']],
  ];
}

const POD_PATHS: readonly Path[] = [
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ['spec', 'template', 'spec'],
];

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
