import type { Path, Report } from '../../core/finding.ts';
import { isMap, type Json, type JsonObject, scalarText } from '../../core/json.ts';
import { type KubeObject, optional, plainName, unlessEmpty } from '../../core/kube-object.ts';
import { orderEnv } from '../../kinds/core/env-order.ts';
import type { Claim, ContainerModel, EnvVar, ServiceModel, WorkloadModel } from '../model/model.ts';
import { withOwn } from '../own-fields.ts';

/** The namespace of an environment. */
export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/**
 * The pods of a workload: unless the spec omits it not root, no API token, no variables of Services (a
 * Service named phoenix would set PHOENIX_PORT; docs/facts/kubernetes.md#variables-of-services).
 */
export function podTemplate(workload: WorkloadModel, restartPolicy?: string): JsonObject {
  const { imagePullSecrets, selector, podLabels, podAnnotations, volumes } = workload;
  const { serviceAccount, init, sidecars } = workload;
  const metadata = {
    ...unlessEmpty('labels', { ...podLabels, ...selector }),
    ...unlessEmpty('annotations', podAnnotations),
  };
  return {
    ...unlessEmpty('metadata', metadata),
    spec: {
      // Without a name it is the one named default.
      ...(serviceAccount !== 'default' && { serviceAccountName: serviceAccount }),
      ...(workload.isHardened && {
        automountServiceAccountToken: false,
        enableServiceLinks: false,
      }),
      ...optional('restartPolicy', restartPolicy),
      ...unlessEmpty('securityContext', workload.security),
      ...(imagePullSecrets.length > 0 && {
        imagePullSecrets: imagePullSecrets.map(secret => ({ name: secret })),
      }),
      ...unlessEmpty('initContainers', init.map(containerObject)),
      containers: [workload.container, ...sidecars].map(containerObject),
      ...unlessEmpty('volumes', volumes),
    },
  };
}

/** A container as pods have it. */
function containerObject(container: ContainerModel): JsonObject {
  const { name, image, command, args, ports, envFrom, env, resources, probes, security } =
    container;
  const built = {
    name,
    image: image ?? '',
    ...optional('command', command),
    ...optional('args', args),
    ...unlessEmpty('ports', ports),
    ...unlessEmpty('envFrom', envFrom),
    ...unlessEmpty('env', env.map(envJson)),
    ...optional('resources', resources),
    ...probes,
    ...unlessEmpty('securityContext', security),
    ...unlessEmpty('volumeMounts', container.mounts),
  };
  return withOwn(built, container.fields);
}

/** A variable as a manifest has it. */
export function envJson({ name, value, valueFrom }: EnvVar): JsonObject {
  return { name, ...optional('value', value), ...optional('valueFrom', valueFrom) };
}

/** At most 60 letters, digits and dashes. */
export function volumeName(path: string): string {
  return plainName(path).slice(-60).replace(/^-/, '') || 'root';
}

/** The ServiceAccount of a workload; unless it says so it has no token, and without a patch no rights. */
export function serviceAccount(
  name: string,
  namespace: string,
  {
    labels = {},
    annotations = {},
    automountServiceAccountToken = false,
  }: NonNullable<WorkloadModel['account']>,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name,
      namespace,
      ...unlessEmpty('labels', labels),
      ...unlessEmpty('annotations', annotations),
    },
    automountServiceAccountToken,
  };
}

/** The Service of a workload; a StatefulSet's is headless, so that its pods have names. */
export function service(
  { selector: pods }: WorkloadModel,
  { name, isHeadless, labels, annotations, selector = pods, ports, fields }: ServiceModel,
  namespace: string,
): KubeObject {
  const metadata = {
    name,
    namespace,
    ...unlessEmpty('labels', labels),
    ...unlessEmpty('annotations', annotations),
  };
  const spec = {
    ...(isHeadless && { clusterIP: 'None' }),
    selector,
    ...unlessEmpty('ports', ports),
  };
  const built = { apiVersion: 'v1', kind: 'Service', metadata, spec };
  return withOwn(built, fields) as unknown as KubeObject;
}

/** The claim of a volume that outlives the pods. */
export function volumeClaim({ name, marks, spec }: Claim, namespace: string): KubeObject {
  const metadata = { name, namespace, ...marks };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec };
}

/** A workload's object, patches included, with every container's variables in order. */
export function orderWorkloadEnv(
  object: KubeObject,
  workload: WorkloadModel,
  report: Report,
): KubeObject {
  const spec = object['spec'];
  if (!isMap(spec)) return object;
  return { ...object, spec: orderIn(spec, workload, report) };
}

/** Walks from a controller's spec down to its pod spec: template, or jobTemplate.spec.template. */
function orderIn(spec: JsonObject, workload: WorkloadModel, report: Report): JsonObject {
  for (const name of ['template', 'jobTemplate']) {
    const template = spec[name];
    if (!isMap(template) || !isMap(template['spec'])) continue;
    return { ...spec, [name]: { ...template, spec: orderIn(template['spec'], workload, report) } };
  }
  const lists = ['initContainers', 'containers', 'additionalContainers'].filter(name =>
    Array.isArray(spec[name]),
  );
  const ordered = lists.map(name => [name, orderList(spec[name] ?? [], workload, report)] as const);
  return orderContainer({ ...spec, ...Object.fromEntries(ordered) }, workload, report);
}

function orderList(containers: Json, workload: WorkloadModel, report: Report): Json {
  if (!Array.isArray(containers)) return containers;
  return containers.map((item: Json) =>
    isMap(item) ? orderContainer(item, workload, report) : item,
  );
}

/** A container, or the spec of an OpenTelemetryCollector, which has env and args too. */
function orderContainer(container: JsonObject, workload: WorkloadModel, report: Report) {
  const model = modelOf(container, workload);
  const env = (Array.isArray(container['env']) ? container['env'] : []).filter(isMap);
  const words = ['command', 'args'].flatMap(field =>
    wordsOf(container[field], [...model.path, field]),
  );
  if (env.length === 0 && words.length === 0) return container;
  const before = hasSpecEnvFrom(container, model)
    ? model.envFromKeys
    : { keys: new Set<string>(), isOpen: true };
  const { envOrder: order, path } = model;
  const ordered = orderEnv({ env, words, before, order, path }, report);
  return ordered.length === 0 ? container : { ...container, env: ordered };
}

/** The container of the entry that this one is; one that a patch brings is held to the workload's own. */
function modelOf({ name }: JsonObject, { init, container, sidecars }: WorkloadModel) {
  return [...init, ...sidecars].find(other => other.name === name) ?? container;
}

/** Whether the container's envFrom is that of the short form; a patch may add others. */
function hasSpecEnvFrom(container: JsonObject, { envFrom }: ContainerModel): boolean {
  const found = container['envFrom'] ?? [];
  return Array.isArray(found) && found.length === envFrom.length;
}

function wordsOf(list: Json | undefined, path: Path): { text: string; path: Path }[] {
  if (!Array.isArray(list)) return [];
  return list.map((word, index) => ({ text: scalarText(word), path: [...path, index] }));
}
