import type { Path } from '../../core/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt, valueAt } from '../../core/json.ts';
import { asJson, type KubeObject } from '../../core/kube-object.ts';
import { CLUSTER_MEMBERS, cnpgClusterNameOf } from '../../kinds/cnpg/members.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { partsOf } from '../../kinds/eso/external-secret-spec.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { placedObject } from '../../kinds/kinds.ts';
import { podOf, podReads } from '../../kinds/pods.ts';
import { databaseSecretNames } from '../model/databases.ts';
import type { EntryObject, Model, OwnTerm, WorkloadModel } from '../model/model.ts';
import { resourceSecrets } from '../model/resources.ts';
import { withOwn } from '../own-fields.ts';
import type { WorkloadSpec } from '../spec.ts';
import type { SecretMakers } from './patches.ts';
import { serviceAccountOf, serviceAccounts, volumeClaim, WORKLOADS } from './workloads.ts';

/** An object under `resources`, patched and injected, with the objects that must be there before it. */
export function withNeeds(made: EntryObject, namespace: string, makers: SecretMakers): EntryObject {
  const object = placedObject(made.object, 0, [], namespace);
  const isHere = object.namespace === namespace || object.namespace === '';
  return { ...made, needs: isHere ? needsOf(object, namespace, makers) : [] };
}

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
  const { kind, service, claims } = workload;
  const { object, isWhole = false } = WORKLOADS[kind];
  const made = claims.filter(({ isTemplate }) => !isTemplate);
  const built = withOwn(asJson(object(workload, namespace)), workload.fields);
  const pod = podOf(placedObject(built as unknown as KubeObject, 0, [], namespace));
  const reads = pod === undefined ? [] : podReads(pod).map(({ secret }) => secret);
  const needs = [
    ...[...new Set(reads)].sort().flatMap(makers),
    ...databasesOf(workload),
    ...made.map(claim => `PersistentVolumeClaim/${claim.name}`),
    ...(isWhole ? [] : [`ServiceAccount/${serviceAccountOf(workload)}`]),
  ];
  return [
    { object: built as unknown as KubeObject, needs, ownTerms: ownTerms(workload, built) },
    ...made.map(claim => ({ object: volumeClaim(claim, namespace) })),
    ...(isWhole ? [] : serviceAccounts(workload, namespace).map(account => ({ object: account }))),
    ...(isWhole || service === undefined ? [] : [service]),
  ];
}

function databasesOf({ spec }: WorkloadModel): string[] {
  const { init = {}, sidecars = {} } = spec;
  const variables = [spec, ...Object.values(init), ...Object.values(sidecars)].flatMap(({ env }) =>
    Object.values(env ?? {}),
  );
  const refs = variables.flatMap(value => {
    if (typeof value === 'string' || value.database === undefined) return [];
    const { database, pooler } = value;
    return [`Cluster/${database}`, ...(pooler === undefined ? [] : [`Pooler/${pooler}`])];
  });
  return [...new Set(refs)].sort();
}

function ownTerms(workload: WorkloadModel, built: JsonObject): readonly OwnTerm[] {
  const { spec, kind, container, fields } = workload;
  const { ownTerms: ofKind } = WORKLOADS[kind];
  const placed = fields.map(({ name, path }): OwnTerm => [path, [name]]);
  if (ofKind !== undefined) return [...placed, ofKind];
  const isRaw = listAt(container.object, 'env').some(variable =>
    Object.keys(mapAt(variable, 'valueFrom')).some(source => !SHORT_SOURCES.includes(source)),
  );
  if (fields.length === 0 && !hasOwnTerms(spec) && !isRaw) return [];
  return [
    ...placed,
    ...podTerms(workload, built),
    ...(isRaw ? [[['spec'], ['env']] as const] : []),
  ];
}

const SHORT_SOURCES = ['secretKeyRef', 'configMapKeyRef'];

function hasOwnTerms(spec: WorkloadSpec): boolean {
  const { volumes, init, sidecars, service, security, probes, health, ports } = spec;
  const words = [volumes, init, sidecars, probes, isMap(service), isMap(security), isMap(health)];
  return Array.isArray(ports) || words.some(Boolean);
}

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
      const named = Object.keys(one.object).filter(field => field.endsWith('Probe'));
      const probes = named.map((probe): [Path, Path] => [
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
