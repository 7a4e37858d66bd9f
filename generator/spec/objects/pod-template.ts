import type { Path, Report } from '../../core/finding.ts';
import { isMap, type Json, type JsonObject, listAt, scalarText } from '../../core/json.ts';
import {
  type KubeObject,
  mergedMarks,
  optional,
  plainName,
  unlessEmpty,
} from '../../core/kube-object.ts';
import { orderEnv } from '../../kinds/core/env-order.ts';
import type { Claim, ContainerModel, WorkloadModel } from '../model/model.ts';

/** The namespace of an environment. */
export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/**
 * The pods of a workload: unless the spec omits it not root, no API token, no variables of Services (a
 * Service named phoenix would set PHOENIX_PORT; docs/facts/kubernetes.md#variables-of-services).
 */
export function podTemplate(workload: WorkloadModel, restartPolicy?: string): JsonObject {
  const { spec, selector, podLabels, volumes, init, sidecars } = workload;
  const account = serviceAccountOf(workload);
  const objects = (containers: readonly ContainerModel[]) => containers.map(one => one.object);
  const pullSecrets = (spec.imagePullSecrets ?? []).map(name => ({ name }));
  const metadata = {
    ...unlessEmpty('labels', { ...podLabels, ...selector }),
    ...unlessEmpty('annotations', mergedMarks(spec.podAnnotations)),
  };
  return {
    ...unlessEmpty('metadata', metadata),
    spec: {
      // Without a name it is the one named default.
      ...(account !== 'default' && { serviceAccountName: account }),
      ...(workload.isHardened && {
        automountServiceAccountToken: false,
        enableServiceLinks: false,
      }),
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
export function serviceAccountOf({
  name,
  spec: { serviceAccount = {} },
}: Pick<WorkloadModel, 'name' | 'spec'>): string {
  return typeof serviceAccount === 'string' ? serviceAccount : (serviceAccount.name ?? name);
}

/** At most 60 letters, digits and dashes. */
export function volumeName(path: string): string {
  return plainName(path).slice(-60).replace(/^-/, '') || 'root';
}

/** The ServiceAccount of a workload; unless it says so it has no token, and without a patch no rights. */
export function serviceAccounts(workload: WorkloadModel, namespace: string): KubeObject[] {
  const { serviceAccount = {} } = workload.spec;
  if (typeof serviceAccount === 'string') return [];
  const { labels = {}, annotations = {}, automountServiceAccountToken = false } = serviceAccount;
  const metadata = {
    name: serviceAccountOf(workload),
    namespace,
    ...unlessEmpty('labels', labels),
    ...unlessEmpty('annotations', annotations),
  };
  return [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken }];
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
  return [...init, ...sidecars].find(({ object }) => object.name === name) ?? container;
}

/** Whether the container's envFrom is that of the short form; a patch may add others. */
function hasSpecEnvFrom(container: JsonObject, { object }: ContainerModel): boolean {
  const found = container['envFrom'] ?? [];
  return Array.isArray(found) && found.length === listAt(object, 'envFrom').length;
}

function wordsOf(list: Json | undefined, path: Path): { text: string; path: Path }[] {
  if (!Array.isArray(list)) return [];
  return list.map((word, index) => ({ text: scalarText(word), path: [...path, index] }));
}
