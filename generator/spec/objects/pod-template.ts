import type { Path, Report } from '../../core/finding.ts';
import { isMap, type Json, type JsonObject, scalarText } from '../../core/json.ts';
import { type KubeObject, optional, plainName } from '../../core/kube-object.ts';
import { orderEnv } from '../../kinds/core/env-order.ts';
import type { EnvVar, Mount, WorkloadModel } from '../model/model.ts';

/** The namespace of an environment. */
export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/**
 * The pods of a workload: unless the spec omits it not root, no API token, no variables of Services (a
 * Service named phoenix would set PHOENIX_PORT; docs/facts/kubernetes.md#variables-of-services).
 */
export function podTemplate(workload: WorkloadModel, restartPolicy?: string): JsonObject {
  const { name, mounts, imagePullSecrets, selector, serviceAccount = name } = workload;
  return {
    metadata: { labels: selector },
    spec: {
      // Without a name it is the one named default.
      ...(serviceAccount !== 'default' && { serviceAccountName: serviceAccount }),
      ...(workload.isHardened && {
        automountServiceAccountToken: false,
        enableServiceLinks: false,
      }),
      ...optional('restartPolicy', restartPolicy),
      ...(workload.isHardened && {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      }),
      ...(imagePullSecrets.length > 0 && {
        imagePullSecrets: imagePullSecrets.map(secret => ({ name: secret })),
      }),
      containers: [container(workload)],
      ...(mounts.length > 0 && {
        volumes: volumesOf(mounts).map(({ name: volume, volume: source }) => ({
          name: volume,
          ...source,
        })),
      }),
    },
  };
}

function container(workload: WorkloadModel): JsonObject {
  const { ports, envFrom, env, mounts } = workload;
  return {
    name: workload.name,
    image: workload.image ?? '',
    ...optional('command', workload.command),
    ...optional('args', workload.args),
    ...(ports.length > 0 && {
      ports: ports.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
    }),
    ...(envFrom.length > 0 && { envFrom }),
    ...(env.length > 0 && { env: env.map(envJson) }),
    ...optional('resources', workload.resources),
    ...(workload.health !== undefined && probes(workload.health)),
    ...(workload.isHardened && {
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    }),
    ...(mounts.length > 0 && {
      volumeMounts: volumesOf(mounts).map(({ path, name }) => ({
        name,
        mountPath: path,
        readOnly: true,
      })),
    }),
  };
}

/** A variable as a manifest has it. */
export function envJson({ name, value, valueFrom }: EnvVar): JsonObject {
  return { name, ...optional('value', value), ...optional('valueFrom', valueFrom) };
}

function probes(path: string): JsonObject {
  const probe = { httpGet: { path, port: 'http' } };
  return { readinessProbe: probe, livenessProbe: probe };
}

/** The mounts with the names of their volumes: `/etc/tls` is `etc-tls`, and a second one counts. */
function volumesOf(mounts: readonly Mount[]): (Mount & { readonly name: string })[] {
  const taken = new Map<string, number>();
  return mounts.map(mount => {
    const name = volumeName(mount.path);
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return { ...mount, name: count === 1 ? name : `${name}-${count}` };
  });
}

/** At most 60 letters, digits and dashes. */
export function volumeName(path: string): string {
  return plainName(path).slice(-60).replace(/^-/, '') || 'root';
}

/** The ServiceAccount of a workload; without a patch it has no rights and no token. */
export function serviceAccount(
  name: string,
  namespace: string,
  annotations: Readonly<Record<string, string>> | undefined,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace, ...optional('annotations', annotations) },
    automountServiceAccountToken: false,
  };
}

/** The Service of a workload's ports; a StatefulSet's is headless, so that its pods have names. */
export function service(
  { name, ports, kind, selector }: WorkloadModel,
  namespace: string,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      ...(kind === 'StatefulSet' && { clusterIP: 'None' }),
      selector,
      ports: ports.map(({ name: port, port: number }) => ({
        name: port,
        port: number,
        protocol: 'TCP',
        targetPort: port,
      })),
    },
  };
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
  const env = (Array.isArray(container['env']) ? container['env'] : []).filter(isMap);
  const words = ['command', 'args'].flatMap(field =>
    wordsOf(container[field], [...workload.path, field]),
  );
  if (env.length === 0 && words.length === 0) return container;
  const before = hasSpecEnvFrom(container, workload)
    ? workload.envFromKeys
    : { keys: new Set<string>(), isOpen: true };
  const ordered = orderEnv(
    { env, words, before, order: workload.envOrder, path: workload.path },
    report,
  );
  return ordered.length === 0 ? container : { ...container, env: ordered };
}

/** Whether the container's envFrom is that of the short form; a patch may add others. */
function hasSpecEnvFrom(container: JsonObject, { envFrom }: WorkloadModel): boolean {
  const found = container['envFrom'] ?? [];
  return Array.isArray(found) && found.length === envFrom.length;
}

function wordsOf(list: Json | undefined, path: Path): { text: string; path: Path }[] {
  if (!Array.isArray(list)) return [];
  return list.map((word, index) => ({ text: scalarText(word), path: [...path, index] }));
}
