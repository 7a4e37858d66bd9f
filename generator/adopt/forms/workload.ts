import {
  isMap,
  isSame,
  type Json,
  type JsonObject,
  listAt,
  mapAt,
  textAt,
} from '../../ground/json.ts';
import { daemonSet } from '../../kinds/apps/daemon-set.ts';
import { deployment } from '../../kinds/apps/deployment.ts';
import { statefulSet } from '../../kinds/apps/stateful-set.ts';
import { cronJob } from '../../kinds/batch/cron-job.ts';
import { job } from '../../kinds/batch/job.ts';
import { type Kind, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { type Pod, podOf } from '../../kinds/pods.ts';
import type { WorkloadKind } from '../../make/spec/workload-spec.ts';
import type { Alternative, Form, FormContext } from './form.ts';
import { given, unless } from './given.ts';
import { envEntry, envFromEntries } from './workload-env.ts';

/** The kinds that run pods as they are; a collector has its operator make them (collector.ts). */
const KINDS: Readonly<Record<Exclude<WorkloadKind, 'OpenTelemetryCollector'>, Kind>> = {
  Deployment: deployment,
  StatefulSet: statefulSet,
  DaemonSet: daemonSet,
  Job: job,
  CronJob: cronJob,
};

/** What runs one container named as itself, with a ServiceAccount of its name. */
export const workloadForm: Form = {
  section: 'workloads',
  kinds: Object.values(KINDS),
  ways: podWays,
};

function podWays(object: PlacedObject, context: FormContext): Alternative[] | string {
  const pod = podOf(object);
  const container = pod?.containers.find(
    ({ name, role }) => name === object.name && role === 'main',
  );
  const image = textAt(container?.spec, 'image');
  if (pod === undefined || container === undefined || image === undefined)
    return 'no container of it has its name, and an image';
  const { find } = context.wanted;
  const used = textAt(pod.spec, 'serviceAccountName');
  const account = used === object.name ? find('ServiceAccount', used) : undefined;
  const ports = portsEntry(container.spec, 'containerPort');
  const entry = given({
    kind: unless(object.kind, 'Deployment'),
    image,
    replicas: specOf(object)['replicas'],
    ...ports,
    health: healthOf(container.spec),
    command: container.spec['command'],
    args: container.spec['args'],
    env: envEntry(container.spec, context),
    envFrom: envFromEntries(container.spec),
    mounts: mountEntries(pod.spec, container.spec),
    selector: selectorOf(object, pod),
    serviceAccount: account === undefined ? (used ?? 'default') : undefined,
    imagePullSecrets: listAt(pod.spec, 'imagePullSecrets').flatMap(
      secret => textAt(secret, 'name') ?? [],
    ),
    resources: container.spec['resources'],
    schedule: object.kind === 'CronJob' ? specOf(object)['schedule'] : undefined,
  });
  const covers = [object, ...(account === undefined ? [] : [account])];
  const ways = portWays(entry, covers, find('Service', object.name));
  return [...ways, ...ways.map(way => ordered(way, pod))];
}

/** The same with the order in which variables stand, for pods that run so. */
function ordered(way: Alternative, { containers }: Pod): Alternative {
  const names = containers.flatMap(({ env }) => env.map(({ name }) => name));
  const entry = given({ ...way.entry, envOrder: [...new Set(names)] });
  return { ...way, way: `${way.way}, in order`, entry };
}

/** The labels that select its pods, or a Job's, unless they are those that the short form gives. */
function selectorOf(object: PlacedObject, pod: Pod): JsonObject | undefined {
  const template = mapAt(object.json, ...pod.path.slice(0, -1).map(String));
  const selector = mapAt(specOf(object), 'selector');
  const labels = mapAt(selector['matchLabels'] ?? mapAt(template, 'metadata', 'labels'));
  return isSame(labels, { 'app.kubernetes.io/name': object.name }) ? undefined : labels;
}

/** With its Service where it has one; else its ports are for a patch, as they would make one. */
function portWays(
  entry: JsonObject,
  covers: readonly PlacedObject[],
  service: PlacedObject | undefined,
): Alternative[] {
  const { health: _, port, ports, ...portless } = entry;
  const hasPorts = port !== undefined || ports !== undefined;
  const bare = { way: 'pods', entry: hasPorts ? portless : entry, covers };
  if (service === undefined || !hasPorts) return [bare];
  return [{ way: 'service', entry, covers: [...covers, service] }, bare];
}

/** `port` where there is one that is named http, else `ports` by name. */
export function portsEntry(spec: JsonObject, field: 'containerPort' | 'port'): JsonObject {
  const ports = listAt(spec, 'ports').filter(isMap);
  const named = ports.map(port => [String(port['name'] ?? ''), port[field] ?? null] as const);
  const [only] = named;
  if (only === undefined || named.some(([name]) => name === '')) return {};
  if (named.length === 1 && only[0] === 'http') return { port: only[1] };
  return { ports: Object.fromEntries(named) };
}

/** The path that both probes ask on the port http; what else they have is for a patch. */
function healthOf(container: JsonObject): string | undefined {
  const paths = ['readinessProbe', 'livenessProbe'].map(probe => {
    const action = mapAt(container, probe, 'httpGet');
    return action['port'] === 'http' ? textAt(action, 'path') : undefined;
  });
  return paths[0] === paths[1] ? paths[0] : undefined;
}

/** The Secrets and ConfigMaps that a container has as files, by folder. Other volumes are for a patch. */
function mountEntries(pod: JsonObject, container: JsonObject): JsonObject {
  const volumes = new Map(
    listAt(pod, 'volumes')
      .filter(isMap)
      .map(volume => [String(volume['name']), volume]),
  );
  const mounts = listAt(container, 'volumeMounts').filter(isMap);
  return Object.fromEntries(
    mounts.flatMap(({ name, mountPath, subPath }): [string, Json][] => {
      const entry = sourceEntry(volumes.get(String(name)) ?? {});
      return entry === undefined || subPath !== undefined ? [] : [[String(mountPath), entry]];
    }),
  );
}

function sourceEntry(volume: JsonObject): JsonObject | undefined {
  const { secret, configMap } = volume;
  const source = mapAt(secret ?? configMap);
  const name = textAt(source, isMap(secret) ? 'secretName' : 'name');
  if (name === undefined) return undefined;
  const items = listAt(source, 'items').filter(isMap);
  const keys = items.map(item => [String(item['key']), item['path'] ?? ''] as const);
  return given({
    [isMap(secret) ? 'secret' : 'configMap']: name,
    keys: Object.fromEntries(keys),
    optional: source['optional'],
  });
}
