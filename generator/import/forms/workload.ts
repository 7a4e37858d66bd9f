import type { Json, JsonObject } from '../../core/json.ts';
import {
  fieldsWhere,
  isMap,
  isSame,
  listAt,
  mapAt,
  scalarText,
  textAt,
  without,
} from '../../core/json.ts';
import { asJson, mergedMarks } from '../../core/kube-object.ts';
import { effectiveForm } from '../../diff/field-changes.ts';
import { daemonSet, deployment, statefulSet } from '../../kinds/apps.ts';
import { cronJob, job } from '../../kinds/batch.ts';
import { type Kind, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { openTelemetryCollector } from '../../kinds/otel.ts';
import { podOf } from '../../kinds/pods.ts';
import { RESTRICTED } from '../../spec/model/workloads.ts';
import { withoutDefaults } from '../../spec/objects/patches.ts';
import { ownEntry } from '../../spec/own-fields.ts';
import type { WorkloadKind } from '../../spec/spec.ts';
import type { Alternative, Form, FormContext } from './form.ts';
import { beyond, hasOnly, marksOf, unless, withoutEmpty } from './form.ts';
import {
  claimEntry,
  containerEntry,
  envEntry,
  envFromEntries,
  mountEntries,
  portsEntry,
  securityEntry,
  templateVolumes,
  volumeEntries,
} from './pods.ts';

/** The kinds with a pod template; for a collector its operator makes the pods. */
const KINDS: Readonly<Record<Exclude<WorkloadKind, 'OpenTelemetryCollector'>, Kind>> = {
  Deployment: deployment,
  StatefulSet: statefulSet,
  DaemonSet: daemonSet,
  Job: job,
  CronJob: cronJob,
};

/** A workload; with its ServiceAccount, its Service and its claims where they are as an entry makes them. */
export const workloadForm: Form = {
  section: 'workloads',
  kinds: Object.values(KINDS),
  ways: podWays,
};

/** A workload whose fields without their defaults are looked at, and its pods. */
interface Work {
  readonly object: PlacedObject;
  readonly spec: JsonObject;
  /** The metadata of the pods' template. */
  readonly template: JsonObject;
  readonly container: JsonObject;
  readonly sidecars: readonly JsonObject[];
  readonly init: readonly JsonObject[];
  readonly context: FormContext;
}

function podWays(written: PlacedObject, context: FormContext): Alternative[] | string {
  // What has its default is not said.
  const object = { ...written, json: effectiveForm(written.json) };
  const { spec = {}, path = [] } = podOf(object) ?? {};
  const [container, ...sidecars] = listAt(spec, 'containers').filter(isMap);
  if (container === undefined) return 'no container of it has an image';
  const init = listAt(spec, 'initContainers').filter(isMap);
  const twice = [container, ...sidecars, ...init].flatMap(repeatedVariable)[0];
  if (twice !== undefined) return `the variable "${twice}" is there twice`;
  if (object.name === '') return 'it has no name';
  const template = mapAt(object.json, ...path.slice(0, -1), 'metadata');
  const work = { object, spec, template, container, sidecars, init, context };
  const used = textAt(spec, 'serviceAccountName') ?? textAt(spec, 'serviceAccount');
  const account = madeAccount(object, used, context);
  const { claims, ...volumes } = volumesOf(work);
  const entry = {
    ...withoutEmpty({
      kind: unless(object.kind, 'Deployment'),
      image: container['image'],
      container: unless(container['name'], object.name),
      replicas: specOf(written)['replicas'],
      schedule: object.kind === 'CronJob' ? specOf(object)['schedule'] : undefined,
      ...containersEntry(work, volumes),
      serviceAccount:
        account === undefined ? (used ?? 'default') : accountEntry(account, object, context),
      ...ownFields(object),
    }),
    ...marksOfPods(work),
  };
  const covers = [written, ...(account === undefined ? [] : [account]), ...claims];
  return serviceWays(entry, covers, work);
}

function containersEntry(work: Work, volumes: Record<'mounts' | 'volumes', JsonObject>) {
  const { spec, container, sidecars, init, context } = work;
  const preset = securityEntry(spec, container, true);
  const isRestricted = preset === undefined || textAt(preset, 'preset') === 'restricted';
  const ofFiles = listAt(spec, 'volumes')
    .filter(isMap)
    .filter(({ secret, configMap }) => isMap(secret) || isMap(configMap));
  const files = new Set(ofFiles.map(({ name }) => scalarText(name)));
  const usual = isRestricted ? RESTRICTED.container : {};
  const otherEntry = (extra: JsonObject): readonly [string, JsonObject] => {
    const entry = withoutEmpty({
      ...containerEntry(extra, context),
      volumes: mountEntries(extra, files),
      ...ownEntry('container', extra),
    });
    const security = mapAt(extra['securityContext']);
    return [scalarText(extra['name']), isSame(security, usual) ? entry : { ...entry, security }];
  };
  const pulls = listAt(spec, 'imagePullSecrets');
  const unusual = HARDENED.filter(name => spec[name] !== (isRestricted ? false : undefined));
  return withoutEmpty({
    ...containerEntry(container, context),
    ...volumes,
    init: Object.fromEntries(init.map(otherEntry)),
    sidecars: Object.fromEntries(sidecars.map(otherEntry)),
    security: securityEntry(spec, container, !context.omit.includes('hardening')),
    imagePullSecrets: pulls.flatMap(secret => textAt(secret, 'name') ?? []),
    ...Object.fromEntries(unusual.map(name => [name, spec[name] ?? true])),
  });
}

/** The ServiceAccount that a workload makes: that of its name, or else one that no workload before it makes. */
function madeAccount({ name }: PlacedObject, used: string | undefined, context: FormContext) {
  const { original, workloads } = context;
  const account = used === undefined ? undefined : original.find('ServiceAccount', used);
  if (account === undefined || used === name) return account;
  const isOfOther = original.objects.some(
    object => object.name === used && Object.values(KINDS).some(kind => kind === object.knownKind),
  );
  const isMade = [...workloads.values()].some(
    entry => textAt(entry, 'serviceAccount', 'name') === used,
  );
  return isOfOther || isMade ? undefined : account;
}

function accountEntry(account: PlacedObject, workload: PlacedObject, context: FormContext) {
  const { automountServiceAccountToken: token } = asJson(account.json);
  return withoutEmpty({
    name: unless(account.name, workload.name),
    ...marksOf(account, context),
    automountServiceAccountToken: unless(token, false) ?? (token === undefined ? true : undefined),
  });
}

/** Kubernetes' own fields, without a name that expand makes. */
function ownFields(object: PlacedObject): JsonObject {
  const fields = ownEntry('workload', asJson(object.json), object.kind);
  const unhardened = fieldsWhere(fields, name => !HARDENED.includes(name));
  const { restartPolicy, serviceName, ...others } = unhardened;
  const usual = isJob(object) ? 'OnFailure' : 'Always';
  const named = serviceName !== undefined && serviceName !== '' && { serviceName };
  return { ...others, restartPolicy: unless(restartPolicy, usual) ?? null, ...named };
}

function isJob({ kind }: PlacedObject): boolean {
  return kind === 'Job' || kind === 'CronJob';
}

/** The fields of pods that hardening sets to false. */
const HARDENED = ['automountServiceAccountToken', 'enableServiceLinks'];

function repeatedVariable(container: JsonObject): string[] {
  const names = listAt(container, 'env').map(variable => textAt(variable, 'name') ?? '');
  return names.filter((name, index) => names.indexOf(name) !== index);
}

function volumesOf({ object, spec, container, sidecars, init, context }: Work) {
  const templates = listAt(specOf(object), 'volumeClaimTemplates').filter(isMap);
  const containers = [container, ...sidecars, ...init];
  const entries = volumeEntries(listAt(spec, 'volumes').filter(isMap), containers);
  const claims: PlacedObject[] = [];
  const volumes = Object.entries(entries.volumes).map(([name, volume]): [string, Json] => {
    const claim = textAt(volume, 'claim') ?? '';
    const found = context.original.find('PersistentVolumeClaim', claim);
    const made = found && claimEntry(specOf(found), marksOf(found, context));
    if (found === undefined || made === undefined || object.kind === 'StatefulSet')
      return [name, volume];
    claims.push(found);
    const { claim: _, ...others } = mapAt(volume);
    return [name, { ...others, ...made, ...(claim !== `${object.name}-${name}` && { claim }) }];
  });
  const named = [...volumes, ...Object.entries(templateVolumes(templates, container) ?? {})];
  return { mounts: entries.mounts, volumes: inOrder(named, container), claims };
}

function inOrder(volumes: readonly (readonly [string, Json])[], container: JsonObject): JsonObject {
  const mounted = listAt(container, 'volumeMounts').map(mount => textAt(mount, 'name') ?? '');
  const byName = new Map(volumes);
  const names = [...new Set([...mounted, ...byName.keys()])].filter(name => byName.has(name));
  return Object.fromEntries(names.map(name => [name, byName.get(name) ?? null]));
}

function marksOfPods({ object, template, context }: Work): JsonObject {
  const { labels, annotations } = marksOf(object, context);
  const common = context.marks.commonLabels;
  const ofAll = { ...context.marks.labels, ...common };
  const ofPods = mapAt(template['labels']);
  const ofJobs = mapAt(specOf(object), 'jobTemplate', 'metadata');
  const usual: JsonObject = { 'app.kubernetes.io/name': object.name, ...common };
  const podsHave = (selector: JsonObject): JsonObject => ({
    ...mergedMarks(ofAll as Record<string, string>, labels as Record<string, string>),
    ...selector,
  });
  // A Job has no selector of ours: its pods have the usual label, or none.
  const ofJob = isSame(ofPods, podsHave(usual)) ? usual : {};
  const selector = isJob(object) ? ofJob : mapAt(specOf(object), 'selector', 'matchLabels');
  const chosen = without(common, selector);
  const names = Object.keys(chosen);
  const isOfObject = isSame(ofPods, podsHave(selector));
  const isListed =
    isOfObject && names.length > 0 && names.every(name => isSame(labels[name], selector[name]));
  return {
    ...withoutEmpty({ labels, annotations }),
    ...(!isSame(selector, usual) && { selector: isListed ? names : chosen }),
    ...(!isOfObject && { podLabels: beyond(without(selector, ofPods), ofAll) }),
    ...withoutEmpty({
      podAnnotations: template['annotations'],
      jobLabels: ofJobs['labels'],
      jobAnnotations: ofJobs['annotations'],
    }),
  };
}

function serviceWays(entry: JsonObject, covers: readonly PlacedObject[], work: Work) {
  const { object, template, container, context } = work;
  const { original } = context;
  const hasPorts = listAt(container, 'ports').length > 0;
  const alone = { ...entry, ...(hasPorts && { service: false }) };
  const bare: Alternative = { way: 'pods', entry: alone, covers };
  const matched = mapAt(specOf(object), 'selector', 'matchLabels');
  const selector = Object.keys(matched).length === 0 ? mapAt(template['labels']) : matched;
  const found = [original.find('Service', object.name), ...original.objects].find(
    candidate =>
      candidate?.kind === 'Service' &&
      candidate.namespace === object.namespace &&
      isSame(specOf(candidate)['selector'], selector),
  );
  if (found === undefined) return [bare];
  const service = serviceEntry(found, work);
  const { serviceName, ...others } = entry;
  const whole = {
    ...others,
    ...(serviceName !== undefined && serviceName !== found.name && { serviceName }),
    ...(service !== undefined && { service }),
  };
  return [{ way: 'service', entry: whole, covers: [...covers, found] }, bare];
}

/** A Service in the words of a spec; undefined: it is what expand makes of the ports of the container. */
function serviceEntry(found: PlacedObject, { object, container, context }: Work): Json | undefined {
  const { name, kind } = object;
  const { labels, annotations } = marksOf(found, context);
  const { clusterIP, type, ...others } = ownEntry('service', asJson(found.json));
  const usualIP = clusterIP === (kind === 'StatefulSet' ? 'None' : undefined);
  const fields = withoutEmpty({
    name: unless(found.name, name),
    type: unless(type, 'ClusterIP'),
    ...(!usualIP && { clusterIP: clusterIP ?? '' }),
    ...others,
    labels,
    annotations,
  });
  const ports = servicePorts(listAt(specOf(found), 'ports').filter(isMap), container);
  if (ports === undefined) return Object.keys(fields).length === 0 ? undefined : fields;
  const isSingle = Object.keys(fields).length === 0 && 'port' in ports;
  return isSingle ? (ports['port'] ?? null) : { ...fields, ...ports };
}

/** The ports of a Service; undefined: they are those of the container. */
function servicePorts(ports: readonly JsonObject[], container: JsonObject): JsonObject | undefined {
  const ofContainer = listAt(container, 'ports').filter(isMap);
  const usual = ofContainer.map(({ name, containerPort: port, protocol = 'TCP' }) => {
    return [name, port, name ?? port, protocol];
  });
  const mine = ports.map(({ name, port, targetPort = port, protocol = 'TCP' }) => {
    return [name, port, targetPort, protocol];
  });
  const isPlain = ports.every(
    port =>
      hasOnly(port, 'name', 'port', 'targetPort', 'protocol') &&
      (port['protocol'] ?? 'TCP') === 'TCP',
  );
  if (isPlain && isSame(mine, usual)) return undefined;
  if (!isPlain) return { ports };
  const [only] = ports;
  if (ports.length === 1 && only?.['name'] === undefined) return { port: portText(only ?? {}) };
  if (ports.some(port => port['name'] === undefined)) return { ports };
  const portNames = ofContainer.map(port => textAt(port, 'name'));
  const named = ports.map(port => {
    const name = scalarText(port['name']);
    return [name, portText(port, portNames.includes(name) ? name : undefined)];
  });
  return { ports: Object.fromEntries(named) };
}

/** A port of a Service; `usual` is where it leads if that is not said. */
function portText({ port = null, targetPort = port }: JsonObject, usual: Json = port): Json {
  return targetPort === usual ? port : `${port}:${targetPort}`;
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
      ...ownEntry('workload', withoutDefaults(object.json), object.kind),
      ...marksOf(object, context),
    });
    return [{ way: 'collector', entry, covers: [object] }];
  },
};
