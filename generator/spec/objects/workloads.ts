import { missing, type Path, type Report } from '../../core/finding.ts';
import type { JsonObject } from '../../core/json.ts';
import {
  isMap,
  listAt,
  mapAt,
  textsIn,
  valueAt,
  withEntries,
  withValueAt,
  words,
} from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { asJson, markFields, optional, plainName, unlessEmpty } from '../../core/kube-object.ts';
import { SYNC_OPTIONS } from '../../kinds/argocd/application.ts';
import { placedObject } from '../../kinds/kinds.ts';
import { orderEnv, podOf, podReads } from '../../kinds/pods.ts';
import type { ContainerModel, EntryObject, OwnTerm, WorkloadModel } from '../model/model.ts';
import { term } from '../model/model.ts';
import { withPlaced } from '../own-fields.ts';
import type { WorkloadKind, WorkloadSpec } from '../spec.ts';

interface WorkloadForm {
  /** The field that the kind requires, and an example of it. */
  readonly needs: readonly [field: keyof WorkloadSpec, example: string];
  readonly check?: (spec: WorkloadSpec, path: Path, report: Report) => void;
  readonly object: (workload: WorkloadModel, namespace: string) => KubeObject;
  /** An operator makes the Service and the ServiceAccount of this kind. */
  readonly isWhole?: true;
  /** A field that the spec writes as the object has it, and its paths in both. */
  readonly ownTerms?: readonly [inObject: Path, inSpec: Path];
}

const IMAGE: WorkloadForm['needs'] = ['image', 'image: nginx:1.29'];

export const WORKLOADS: Readonly<Record<WorkloadKind, WorkloadForm>> = {
  Deployment: { needs: IMAGE, object: podSet },
  StatefulSet: { needs: IMAGE, object: podSet },
  DaemonSet: { needs: IMAGE, object: podSet },
  Job: { needs: IMAGE, object: job },
  CronJob: { needs: IMAGE, check: checkCronJob, object: cronJob },
  OpenTelemetryCollector: {
    needs: ['config', 'config: { exporters: … }'],
    object: collector,
    isWhole: true,
    ownTerms: [['spec', 'config'], ['config']],
  },
};

const PODS: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];
const COLLECTOR: readonly WorkloadKind[] = ['OpenTelemetryCollector'];
const ALL: readonly WorkloadKind[] = [...PODS, ...COLLECTOR];

/** The kinds that use each field; in other kinds it is a fault (test/make/workload-fields.test.ts tries each pair). */
export const USED_BY: ReadonlyMap<string, readonly WorkloadKind[]> = new Map([
  ...using(ALL, 'annotations env envFrom envOrder image kind labels patch port ports resources'),
  ...using(PODS, 'args command container health imagePullSecrets init mounts podAnnotations'),
  ...using(PODS, 'podLabels probes security selector service serviceAccount sidecars volumes'),
  ...using(['Deployment', 'StatefulSet', 'OpenTelemetryCollector'], 'replicas'),
  ...using(['CronJob'], 'jobAnnotations jobLabels schedule'),
  ...using(COLLECTOR, 'config mode'),
]);

function using(kinds: readonly WorkloadKind[], fields: string) {
  return words(fields).map(field => [field, kinds] as const);
}

/** A workload, the claims of its volumes, its ServiceAccount, unless it names one, and its Service. */
export function workloadObjects(entry: WorkloadModel, home: string): EntryObject[] {
  const { kind, service, claims } = entry;
  const { object, isWhole = false } = WORKLOADS[kind];
  const made = withPlaced(asJson(object(entry, home)), entry.fields) as unknown as KubeObject;
  const pod = podOf(placedObject(made, 0, [], home));
  const secrets = pod === undefined ? [] : podReads(pod).map(({ secret }) => secret);
  const reads = [...new Set(secrets)].sort();
  const needs = [
    ...databasesOf(entry),
    ...claims.map(claim => `PersistentVolumeClaim/${claim.metadata.name}`),
    ...(isWhole ? [] : [`ServiceAccount/${serviceAccountOf(entry)}`]),
  ];
  return [
    { object: made, reads, needs, ownTerms: ownTerms(entry, pod?.path ?? []) },
    ...claims.map(claim => ({ object: claim })),
    ...(isWhole ? [] : serviceAccounts(entry, home).map(account => ({ object: account }))),
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

function ownTerms(workload: WorkloadModel, pod: Path): readonly OwnTerm[] {
  const { spec, kind, container, fields } = workload;
  const { ownTerms: ofKind } = WORKLOADS[kind];
  const placed = fields.map(({ name, path }) => term(path, [name]));
  if (ofKind !== undefined) return [...placed, ofKind];
  const isRaw = listAt(container.object, 'env').some(variable =>
    Object.keys(mapAt(variable, 'valueFrom')).some(source => !SHORT_SOURCES.includes(source)),
  );
  if (fields.length === 0 && !hasOwnTerms(spec) && !isRaw) return [];
  const raw = isRaw ? [term(['spec'], ['env'])] : [];
  return [...placed, ...podTerms(workload, pod), ...raw];
}

const SHORT_SOURCES = ['secretKeyRef', 'configMapKeyRef'];

function hasOwnTerms(spec: WorkloadSpec): boolean {
  const { volumes, init, sidecars, service, security, probes, health, ports } = spec;
  const words = [volumes, init, sidecars, probes, isMap(service), isMap(security), isMap(health)];
  return Array.isArray(ports) || words.some(Boolean);
}

function podTerms(workload: WorkloadModel, pod: Path): OwnTerm[] {
  const { container, init, sidecars, volumes, path: entry } = workload;
  const termsOf = (list: string, { path, object }: ContainerModel, index: number): OwnTerm[] => {
    const at = [...pod, list, index];
    const within = path.slice(entry.length);
    const probes = Object.keys(object).filter(field => field.endsWith('Probe'));
    return [
      ...probes.map(name => term([...at, name], [...within, 'probes', name.replace('Probe', '')])),
      term([...at, 'securityContext'], [...within, 'security']),
      term(at, within),
    ];
  };
  return [
    ...volumes.map(({ name }, at) => term([...pod, 'volumes', at], ['volumes', String(name)])),
    ...[container, ...sidecars].flatMap((model, index) => termsOf('containers', model, index)),
    ...init.flatMap((model, index) => termsOf('initContainers', model, index)),
    term([...pod, 'securityContext'], ['security']),
  ];
}

/** A Deployment, a DaemonSet or a StatefulSet. */
function podSet(workload: WorkloadModel, namespace: string): KubeObject {
  const { name, kind, service, spec, claimTemplates } = workload;
  const serviceName = kind === 'StatefulSet' ? service?.object.metadata.name : undefined;
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: {
      ...optional('serviceName', serviceName),
      ...optional('replicas', spec.replicas),
      selector: { matchLabels: workload.selector },
      template: podTemplate(workload),
      ...unlessEmpty('volumeClaimTemplates', claimTemplates),
    },
  };
}

/** A Job's pods cannot change; Argo CD replaces the whole Job instead of failing to patch it. */
export const RECREATED: Readonly<Record<string, string>> = {
  [SYNC_OPTIONS]: 'Force=true,Replace=true',
};

function job(workload: WorkloadModel, namespace: string): KubeObject {
  const { name, isOrdered } = workload;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, ...(isOrdered && { annotations: RECREATED }) },
    spec: { template: podTemplate(workload, 'OnFailure') },
  };
}

function cronJob(workload: WorkloadModel, namespace: string): KubeObject {
  const { name, spec } = workload;
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace },
    spec: {
      schedule: spec.schedule ?? '',
      jobTemplate: {
        ...unlessEmpty('metadata', markFields(spec.jobLabels, spec.jobAnnotations)),
        spec: { template: podTemplate(workload, 'OnFailure') },
      },
    },
  };
}

function checkCronJob({ schedule }: WorkloadSpec, path: Path, report: Report): void {
  if (schedule === undefined) report(missing('schedule', path, 'schedule: "0 4 * * *"'));
  const name = String(path.at(-1));
  if (name.length <= 52) return;
  const message = `"${name}" is not a legal name for a CronJob`;
  const hint = 'Write at most 52 characters.';
  report({ id: 'illegal-name', message, hint, path, isAboutName: true });
}

function collector({ name, spec, container }: WorkloadModel, namespace: string): KubeObject {
  const ports = listAt(container.object, 'ports')
    .filter(isMap)
    .map(({ protocol: _, containerPort: port = 0, ...others }) => ({ ...others, port }));
  return {
    apiVersion: 'opentelemetry.io/v1beta1',
    kind: 'OpenTelemetryCollector',
    metadata: { name, namespace },
    spec: {
      mode: spec.mode ?? 'deployment',
      ...optional('image', spec.image),
      ...optional('replicas', spec.replicas),
      ...unlessEmpty('ports', ports),
      ...unlessEmpty('envFrom', listAt(container.object, 'envFrom')),
      ...unlessEmpty('env', listAt(container.object, 'env')),
      ...optional('resources', spec.resources as JsonObject | undefined),
      config: spec.config ?? {},
    },
  };
}

export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** Unless `omit` says so: not root, no token, no Service variables (docs/facts/kubernetes.md#variables-of-services). */
function podTemplate(workload: WorkloadModel, restartPolicy?: string): JsonObject {
  const { spec, selector, podLabels, volumes, init, sidecars, isHardened } = workload;
  const account = serviceAccountOf(workload);
  const objects = (containers: readonly ContainerModel[]) => containers.map(({ object }) => object);
  const pullSecrets = (spec.imagePullSecrets ?? []).map(name => ({ name }));
  const metadata = markFields({ ...podLabels, ...selector }, spec.podAnnotations);
  return {
    ...unlessEmpty('metadata', metadata),
    spec: {
      // Without a name it is the one named default.
      ...(account !== 'default' && { serviceAccountName: account }),
      ...(isHardened && { automountServiceAccountToken: false, enableServiceLinks: false }),
      ...optional('restartPolicy', restartPolicy),
      ...unlessEmpty('securityContext', workload.security),
      ...unlessEmpty('imagePullSecrets', pullSecrets),
      ...unlessEmpty('initContainers', objects(init)),
      containers: objects([workload.container, ...sidecars]),
      ...unlessEmpty('volumes', volumes),
    },
  };
}

/** The name of the ServiceAccount of a workload: one that is there, or that is made. */
function serviceAccountOf({ name, spec }: WorkloadModel): string {
  const { serviceAccount = {} } = spec;
  return typeof serviceAccount === 'string' ? serviceAccount : (serviceAccount.name ?? name);
}

/** A free name for the volume of a directory, of 60 letters, digits and dashes and perhaps a number. */
export function volumeName(path: string, taken: Set<string> = new Set()): string {
  const usual = plainName(path).slice(-60).replace(/^-/, '') || 'root';
  let name = usual;
  for (let count = 2; taken.has(name); count += 1) name = `${usual}-${count}`;
  taken.add(name);
  return name;
}

/** The ServiceAccount of a workload. It mounts no token unless the spec says so. */
function serviceAccounts(workload: WorkloadModel, namespace: string): KubeObject[] {
  const { serviceAccount = {} } = workload.spec;
  if (typeof serviceAccount === 'string') return [];
  const { labels, annotations, automountServiceAccountToken = false } = serviceAccount;
  const name = serviceAccountOf(workload);
  const metadata = { name, namespace, ...markFields(labels, annotations) };
  return [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken }];
}

/** A workload's object, patches included, with every container's variables in order. */
export function orderWorkloadEnv(
  object: KubeObject,
  workload: WorkloadModel,
  report: Report,
): KubeObject {
  const { knownKind } = placedObject(object, 0, [], '');
  const path = knownKind?.pods?.path ?? ['spec'];
  const pod = valueAt(object, path);
  if (!isMap(pod)) return object;
  const order = (container: JsonObject) => orderContainer(container, workload, report);
  const lists = ['initContainers', 'containers', 'additionalContainers'];
  const ordered = order(lists.reduce((all, name) => withEntries(all, name, order), pod));
  return withValueAt(asJson(object), path, ordered) as unknown as KubeObject;
}

/** A container, or the spec of an OpenTelemetryCollector, which has env and args too. */
function orderContainer(container: JsonObject, workload: WorkloadModel, report: Report) {
  const { init, sidecars, container: main } = workload;
  const { name } = container;
  // One that only a patch has is checked as the main container.
  const model = [...init, ...sidecars].find(({ object }) => object.name === name) ?? main;
  const env = (Array.isArray(container['env']) ? container['env'] : []).filter(isMap);
  const words = ['command', 'args'].flatMap(key =>
    textsIn(listAt(container, key), [...model.path, key]),
  );
  if (env.length === 0 && words.length === 0) return container;
  const before = hasSpecEnvFrom(container, model)
    ? model.envFromKeys
    : { keys: new Set<string>(), isOpen: true };
  const { envOrder: order, path } = model;
  const ordered = orderEnv({ env, words, before, order, path }, report);
  return ordered.length === 0 ? container : { ...container, env: ordered };
}

function hasSpecEnvFrom(container: JsonObject, { object }: ContainerModel): boolean {
  const found = container['envFrom'] ?? [];
  return Array.isArray(found) && found.length === listAt(object, 'envFrom').length;
}
