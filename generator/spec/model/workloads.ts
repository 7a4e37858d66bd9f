import { missing, type Path, type Report } from '../../core/finding.ts';
import { groupBy, isMap, type Json, type JsonObject, listAt, mergedMaps } from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { markFields, mergedMarks, optional, unlessEmpty } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { USED_BY, volumeName, WORKLOADS } from '../objects/workloads.ts';
import { kindsWith, placedFields, withPlaced } from '../own-fields.ts';
import type { ServiceSpec, Spec, WorkloadSpec } from '../spec.ts';
import type { WorkloadContext } from './containers.ts';
import { resolveContainer, resolveMounts, resolveVolumes, volume } from './containers.ts';
import type { ContainerModel, Entry, EntryObject, WorkloadModel } from './model.ts';
import { checkKindFields, checkSecret, term } from './model.ts';

type WorkloadEntry = Entry<WorkloadSpec>;

export function resolveWorkload(
  entry: WorkloadEntry,
  { labels: ofAll, commonLabels: common = {}, omit = [] }: Spec,
  context: WorkloadContext,
): WorkloadModel {
  const { report } = context;
  const { spec, path } = entry;
  const kind = spec.kind ?? 'Deployment';
  const { needs, check } = WORKLOADS[kind];
  check?.(spec, path, report);
  const [needed, example] = needs;
  if (spec[needed] === undefined) report(missing(needed, path, example));
  const usersOf = (field: string) => USED_BY.get(field) ?? kindsWith('workload', field);
  checkKindFields(spec, kind, usersOf, path, report, WORDS);
  checkEnvOrder(entry, report);
  const podLabels = mergedMarks(ofAll, common, spec.podLabels ?? spec.labels);
  const selector = { ...common, ...selectorOf(entry, podLabels, report) };
  const pods = resolvePods(entry, !omit.includes('hardening'), context);
  const ports = listAt(pods.container.object, 'ports').filter(isMap);
  return {
    ...entry,
    kind,
    fields: placedFields('workload', spec, kind),
    ...pods,
    selector,
    podLabels,
    service: resolveService(entry, { ports, selector }, context),
    isOrdered: !omit.includes('syncWaves'),
  };
}

function resolvePods(entry: WorkloadEntry, isHardened: boolean, context: WorkloadContext) {
  const { name, path, spec } = entry;
  const { report } = context;
  const security = resolveSecurity(spec.security, isHardened, [...path, 'security'], report);
  const volumes = resolveVolumes(name, spec, path, context);
  const all = [...folderVolumes(entry, context), ...volumes];
  const others = (section: 'init' | 'sidecars'): ContainerModel[] =>
    Object.entries(spec[section] ?? {}).map(([sibling, written]) => {
      const at = [...path, section, sibling];
      if (written.image === undefined) report(missing('image', at, 'image: busybox:1.37'));
      const siblingParts = {
        fields: placedFields('container', written),
        mounts: resolveMounts(written.volumes ?? {}, volumes, [...at, 'volumes'], report),
        security: (written.security as JsonObject | undefined) ?? security.others,
      };
      return resolveContainer(sibling, written, at, siblingParts, context);
    });
  const parts = { mounts: all.flatMap(({ mounts }) => mounts), security: security.container };
  const container = resolveContainer(spec.container ?? name, spec, path, parts, context);
  const [init, sidecars] = [others('init'), others('sidecars')];
  checkNames([...init, container, ...sidecars], report);
  for (const [index, secret] of (spec.imagePullSecrets ?? []).entries())
    checkSecret({ secret, path: [...path, 'imagePullSecrets', index] }, context);
  return {
    init,
    container,
    sidecars,
    volumes: all.flatMap(({ source }) => (source === undefined ? [] : [source])),
    claims: volumes.flatMap(({ claim }) => claim ?? []),
    claimTemplates: volumes.flatMap(({ template }) => (template === undefined ? [] : [template])),
    security: security.pod,
    isHardened: security.isHardened,
  };
}

function checkNames(containers: readonly ContainerModel[], report: Report): void {
  for (const [name, [, ...more]] of groupBy(containers, ({ object }) => object.name))
    for (const { path } of more) {
      const message = `two containers of these pods are named "${name}"`;
      const hint = 'Give this one another name.';
      report({ id: 'duplicate-container', message, hint, path, isAboutName: true });
    }
}

function selectorOf(
  { name, path, spec: { selector, kind } }: WorkloadEntry,
  labels: Readonly<Record<string, string>>,
  report: Report,
): Readonly<Record<string, string>> {
  if (selector === undefined) return { 'app.kubernetes.io/name': name };
  const at = [...path, 'selector'];
  if (Object.keys(selector).length === 0 && kind !== 'Job' && kind !== 'CronJob') {
    const message = `without a label nothing selects the pods of "${name}"`;
    const hint = 'Name a label, or take the line out: then it is app.kubernetes.io/name.';
    report({ id: 'empty-selector', message, hint, path: at });
  }
  if (!Array.isArray(selector)) return selector as Readonly<Record<string, string>>;
  return Object.fromEntries(
    selector.map((label: string, index) => {
      if (!Object.hasOwn(labels, label)) {
        const message = `the pods have no label "${label}"`;
        const hint = knownNames('labels', label, Object.keys(labels));
        report({ id: 'unknown-label', message, hint, path: [...at, index] });
      }
      return [label, labels[label] ?? ''];
    }),
  );
}

const WORDS: Readonly<Record<string, string>> = {
  initContainers: 'init',
  additionalContainers: 'sidecars',
  livenessProbe: 'probes.liveness',
  readinessProbe: 'probes.readiness',
  startupProbe: 'probes.startup',
  securityContext: 'security',
  podSecurityContext: 'security',
  volumeClaimTemplates: 'volumes',
  volumeMounts: 'volumes',
};

/** Reports names in `envOrder` that are no variables. A patch may bring others. */
function checkEnvOrder({ path, spec }: WorkloadEntry, report: Report): void {
  const { envOrder = [], env = {}, patch } = spec;
  if (patch !== undefined) return;
  for (const [index, name] of envOrder.entries()) {
    if (Object.hasOwn(env, name)) continue;
    const message = `envOrder names "${name}", which is no variable of this workload`;
    const hint = knownNames('variables', name, Object.keys(env));
    report({ id: 'unknown-variable', message, hint, path: [...path, 'envOrder', index] });
  }
}

/** The volumes of `mounts`: each has the files of one Secret or ConfigMap, and is named after its directory. */
function folderVolumes({ path, spec: { mounts = {} } }: WorkloadEntry, context: WorkloadContext) {
  const taken = new Set<string>();
  return Object.entries(mounts).map(([mountPath, mount]) => {
    const name = volumeName(mountPath, taken);
    const source = { name, ...volume(mount, [...path, 'mounts', mountPath], context) };
    return { source, mounts: [{ name, mountPath, readOnly: true }] };
  });
}

/** What Kubernetes' restricted Pod Security Standard asks of pods and containers. */
export const RESTRICTED: Readonly<Record<'pod' | 'container', JsonObject>> = {
  pod: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  container: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};

function resolveSecurity(
  spec: WorkloadSpec['security'],
  isHardened: boolean,
  path: Path,
  report: Report,
) {
  const usual = isHardened ? 'restricted' : 'none';
  const fields = typeof spec === 'object' ? spec : {};
  const preset = spec === undefined ? usual : typeof spec === 'string' ? spec : fields.preset;
  const base = preset === 'restricted' ? RESTRICTED : { pod: {}, container: {} };
  const levels = withPlaced({}, placedFields('security', fields));
  const { pod = {}, container = {} } = levels as Partial<Record<'pod' | 'container', JsonObject>>;
  const inContainer = isMap(fields.container) ? fields.container : {};
  for (const name of Object.keys(inContainer))
    if (Object.hasOwn(container, name)) {
      const message = `"${name}" is a field of the container alone, and stands in both`;
      const hint = 'Take one of the two out.';
      const at = [...path, 'container', name];
      report({ id: 'duplicate-field', message, hint, path: at, isAboutName: true });
    }
  return {
    pod: mergedMaps(base.pod, pod),
    container: mergedMaps(mergedMaps(base.container, container), inContainer),
    others: base.container, // Containers before and beside it may say another.
    isHardened: preset === 'restricted',
  };
}

/** The Service of a workload; undefined: it has none. Without a word it has one if its container has ports. */
function resolveService(
  { name: workload, path, spec: { service, kind } }: WorkloadEntry,
  pods: Pick<WorkloadModel, 'selector'> & { readonly ports: readonly JsonObject[] },
  { namespace, report }: WorkloadContext,
): EntryObject | undefined {
  const { ports: containerPorts } = pods;
  if (service === false || (service === undefined && containerPorts.length === 0)) return undefined;
  const at = [...path, 'service'];
  const spec = wholeSpec(service);
  const fields = placedFields('service', spec);
  const has = (field: string): boolean => fields.some(({ name }) => name === field);
  const ports = portsOf(spec, containerPorts, at, report);
  if (ports.length === 0 && !has('externalName')) report(missing('port', at, 'port: "80:8080"'));
  if (service !== undefined) checkTwice(ports, at, report);
  const { name = workload, labels, annotations, selector = pods.selector } = spec;
  // That of a StatefulSet is headless, so that its pods have names.
  const isHeadless = kind === 'StatefulSet' && !has('clusterIP') && !has('type');
  const built = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, ...markFields(labels, annotations) },
    spec: { ...(isHeadless && { clusterIP: 'None' }), selector, ...unlessEmpty('ports', ports) },
  };
  const terms = fields.map(field => term(field.path, ['service', field.name]));
  return {
    object: withPlaced(built, fields) as unknown as KubeObject,
    ...(terms.length > 0 && { ownTerms: [...terms, term(['spec'], ['service'])] }),
  };
}

function wholeSpec(service: WorkloadSpec['service']): ServiceSpec {
  if (typeof service === 'number' || typeof service === 'string') return { port: service };
  return typeof service === 'object' ? service : {};
}

function portsOf(
  { port: single, ports }: ServiceSpec,
  containerPorts: readonly JsonObject[],
  path: Path,
  report: Report,
): JsonObject[] {
  if (Array.isArray(ports)) return ports.map(port => ({ protocol: 'TCP', ...port }) as JsonObject);
  if (single === undefined && ports === undefined) return containerPorts.map(usualPort);
  const names = containerPorts.flatMap(({ name }) => (typeof name === 'string' ? name : []));
  const portOf = (port: number | string, at: Path, name?: string): JsonObject => {
    const [number, target] = String(port).split(':');
    const targetPort = targetOf(target, name !== undefined && names.includes(name) ? name : number);
    if (typeof targetPort === 'string' && !names.includes(targetPort)) {
      const message = `the container has no port "${targetPort}"`;
      const hint = knownNames('ports', targetPort, names);
      report({ id: 'unknown-port', message, hint, path: at });
    }
    return { ...optional('name', name), port: Number(number), protocol: 'TCP', targetPort };
  };
  const byName = Object.entries(ports ?? {}).map(([name, port]) =>
    portOf(port as number | string, [...path, 'ports', name], name),
  );
  return single === undefined ? byName : [portOf(single, path), ...byName];
}

function targetOf(target: string | undefined, usual: string | undefined): Json {
  const value = target ?? usual ?? '';
  return /^\d+$/.test(value) ? Number(value) : value;
}

function usualPort({ name, containerPort: port = 0, protocol = 'TCP' }: JsonObject): JsonObject {
  return { ...optional('name', name), port, protocol, targetPort: name ?? port };
}

function checkTwice(ports: readonly JsonObject[], path: Path, report: Report): void {
  const taken = new Map<string, string>();
  for (const { name = 'port', port, protocol = 'TCP' } of ports) {
    const key = `${port}/${protocol}`;
    const first = taken.get(key);
    taken.set(key, String(name));
    if (first !== undefined) {
      const message = `ports "${first}" and "${name}" of the Service are both ${port}`;
      report({ id: 'duplicate-port', message, hint: 'Give each port a number of its own.', path });
    }
  }
}
