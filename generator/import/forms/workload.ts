import {
  isMap,
  isSame,
  type Json,
  type JsonObject,
  listAt,
  mapAt,
  textAt,
} from '../../core/json.ts';
import { daemonSet, deployment, statefulSet } from '../../kinds/apps.ts';
import { cronJob, job } from '../../kinds/batch.ts';
import { hosts } from '../../kinds/cnpg/cluster.ts';
import { type Kind, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { openTelemetryCollector } from '../../kinds/otel.ts';
import { type Pod, podOf } from '../../kinds/pods.ts';
import type { WorkloadKind, WorkloadSpec } from '../../spec/spec.ts';
import { type Alternative, type Form, type FormContext, unless, withoutEmpty } from './form.ts';

type Field = keyof WorkloadSpec;

/**
 * The fields of an entry: each field of `WorkloadSpec` is one of these, or in the list of those that the form does not
 * write. Other fields go to `patch`; `envOrder` is for environments (`withEnvOrder`).
 */
type Entry<Name extends Field> = Readonly<Record<Name, Json | undefined>>;

type NotOfCollectors =
  | 'args'
  | 'command'
  | 'envOrder'
  | 'health'
  | 'imagePullSecrets'
  | 'mounts'
  | 'patch'
  | 'schedule'
  | 'selector'
  | 'serviceAccount';

/** The kinds with a pod template; for a collector its operator makes the pods. */
const KINDS: Readonly<Record<Exclude<WorkloadKind, 'OpenTelemetryCollector'>, Kind>> = {
  Deployment: deployment,
  StatefulSet: statefulSet,
  DaemonSet: daemonSet,
  Job: job,
  CronJob: cronJob,
};

const SOURCES: Readonly<Record<string, string>> = {
  secretKeyRef: 'secret',
  configMapKeyRef: 'configMap',
  secretRef: 'secret',
  configMapRef: 'configMap',
};

/** A workload with a container of its own name, and if it has one a ServiceAccount of that name. */
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
  const entry = withoutEmpty({
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
  } satisfies Entry<Exclude<Field, 'config' | 'envOrder' | 'mode' | 'patch'>>);
  const covers = [object, ...(account === undefined ? [] : [account])];
  return portWays(entry, covers, find('Service', object.name));
}

/** `port` for a single port named http, else `ports` by name. */
function portsEntry(spec: JsonObject, field: 'containerPort' | 'port'): Entry<'port' | 'ports'> {
  const ports = listAt(spec, 'ports').filter(isMap);
  const named = ports.map(port => [String(port['name'] ?? ''), port[field] ?? null] as const);
  const [only] = named;
  if (only === undefined || named.some(([name]) => name === ''))
    return { port: undefined, ports: undefined };
  if (named.length === 1 && only[0] === 'http') return { port: only[1], ports: undefined };
  return { port: undefined, ports: Object.fromEntries(named) };
}

/** The path of both probes, if they ask the port http; other fields of probes go to a patch. */
function healthOf(container: JsonObject): string | undefined {
  const paths = ['readinessProbe', 'livenessProbe'].map(probe => {
    const action = mapAt(container, probe, 'httpGet');
    return action['port'] === 'http' ? textAt(action, 'path') : undefined;
  });
  return paths[0] === paths[1] ? paths[0] : undefined;
}

function envEntry(container: JsonObject, context: FormContext): JsonObject {
  const known = hostFields(context);
  return Object.fromEntries(
    listAt(container, 'env')
      .filter(isMap)
      .map(variable => [String(variable['name']), valueEntry(variable, known)]),
  );
}

/** The hosts of the spec's databases. Such a text is never a coincidence, so it becomes a reference. */
function hostFields({ wanted, databases }: FormContext): ReadonlyMap<string, JsonObject> {
  return new Map(
    [...databases.keys()].flatMap(database =>
      Object.entries(hosts(database, wanted.namespace)).map(
        ([field, host]) => [host, { database, field }] as const,
      ),
    ),
  );
}

function valueEntry({ value, valueFrom }: JsonObject, known: ReadonlyMap<string, JsonObject>) {
  if (valueFrom === undefined) return known.get(String(value)) ?? value ?? '';
  const [source] = Object.keys(mapAt(valueFrom));
  const name = SOURCES[source ?? ''];
  const ref = mapAt(valueFrom, source ?? '');
  if (name === undefined || typeof ref['key'] !== 'string') return { valueFrom };
  return withoutEmpty({ [name]: ref['name'], key: ref['key'], optional: ref['optional'] });
}

function envFromEntries(container: JsonObject): Json[] {
  return listAt(container, 'envFrom')
    .filter(isMap)
    .map(({ prefix, ...refs }) => {
      const [source = ''] = Object.keys(refs);
      const ref = mapAt(refs, source);
      const name = textAt(ref, 'name') ?? '';
      const options = withoutEmpty({ prefix, optional: ref['optional'] });
      const field = SOURCES[source] ?? 'secret';
      return field === 'secret' && Object.keys(options).length === 0
        ? name
        : { [field]: name, ...options };
    });
}

/** The Secrets and ConfigMaps that a container mounts, by folder. Other volumes go to a patch. */
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
  return withoutEmpty({
    [isMap(secret) ? 'secret' : 'configMap']: name,
    keys: Object.fromEntries(keys),
    optional: source['optional'],
  });
}

/** The labels that select the pods, or those of a Job's pods, unless the short form would make them. */
function selectorOf(object: PlacedObject, pod: Pod): JsonObject | undefined {
  const template = mapAt(object.json, ...pod.path.slice(0, -1).map(String));
  const selector = mapAt(specOf(object), 'selector');
  const labels = mapAt(selector['matchLabels'] ?? mapAt(template, 'metadata', 'labels'));
  return isSame(labels, { 'app.kubernetes.io/name': object.name }) ? undefined : labels;
}

/** With its Service if it has one. Without one the ports go to a patch, as the entry's ports make a Service. */
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

/** An OpenTelemetryCollector with its configuration. */
export const collectorForm: Form = {
  section: 'workloads',
  kinds: [openTelemetryCollector],
  ways: (object, context) => {
    const spec = specOf(object);
    if (!isMap(spec['config'])) return 'its config is no map';
    const entry = withoutEmpty({
      kind: object.kind,
      image: spec['image'],
      replicas: spec['replicas'],
      mode: unless(spec['mode'], 'deployment'),
      ...portsEntry(spec, 'port'),
      env: envEntry(spec, context),
      envFrom: envFromEntries(spec),
      resources: spec['resources'],
      config: spec['config'],
    } satisfies Entry<Exclude<Field, NotOfCollectors>>);
    return [{ way: 'collector', entry, covers: [object] }];
  },
};
