import type { Json, JsonObject } from '../../core/json.ts';
import {
  groupBy,
  isMap,
  isSame,
  listAt,
  mapAt,
  scalarText,
  textAt,
  without,
} from '../../core/json.ts';
import { hosts } from '../../kinds/cnpg/cluster.ts';
import { RESTRICTED } from '../../spec/model/workloads.ts';
import { volumeName } from '../../spec/objects/workloads.ts';
import { ownEntry } from '../../spec/own-fields.ts';
import { type FormContext, hasOnly, unless, withoutEmpty } from './form.ts';

/** The fields that an entry has for its main container, and for each init container and sidecar. */
export function containerEntry(container: JsonObject, context: FormContext): JsonObject {
  return withoutEmpty({
    image: container['image'],
    command: container['command'],
    args: container['args'],
    ...portsEntry(container, 'containerPort'),
    ...probesEntry(container),
    env: envEntry(container, context),
    envFrom: envFromEntries(container),
    resources: container['resources'],
  });
}

/** `port` for a single port named http, `ports` by name, or else a list. */
export function portsEntry(
  spec: JsonObject,
  field: 'containerPort' | 'port',
): { readonly port?: Json | undefined; readonly ports?: Json | undefined } {
  const ports = listAt(spec, 'ports').filter(isMap);
  const [only] = ports;
  if (only === undefined) return {};
  const isTcp = (port: JsonObject): boolean =>
    hasOnly(port, 'name', field, 'protocol') && (port['protocol'] ?? 'TCP') === 'TCP';
  const isPlain = ports.every(isTcp);
  const names = ports.map(port => port['name']);
  if (isPlain && !names.includes(undefined) && new Set(names).size === ports.length) {
    if (ports.length === 1 && names[0] === 'http') return { port: only[field] };
    const named = ports.map(port => [scalarText(port['name']), port[field] ?? null]);
    return { ports: Object.fromEntries(named) };
  }
  const isNumber = (port: JsonObject): boolean => isTcp(port) && port['name'] === undefined;
  return { ports: ports.map(port => (isNumber(port) ? (port[field] ?? null) : port)) };
}

const PROBES = { readinessProbe: 'readiness', livenessProbe: 'liveness', startupProbe: 'startup' };

function probesEntry(container: JsonObject): JsonObject {
  const ports = listAt(container, 'ports').filter(isMap);
  const usual = ports.find(({ name }) => name === 'http') ?? ports[0];
  // The port that a probe asks if it names none.
  const port = usual?.['name'] ?? usual?.['containerPort'];
  const probes = Object.entries(PROBES).flatMap(([field, word]) => {
    const probe = container[field];
    return isMap(probe) ? [[word, probeEntry(probe, port)] as const] : [];
  });
  const { readiness, liveness, startup } = Object.fromEntries(probes);
  const isBoth = readiness !== undefined && isSame(readiness, liveness) && startup === undefined;
  return isBoth ? { health: readiness } : { probes: Object.fromEntries(probes) };
}

function probeEntry(probe: JsonObject, usual: Json | undefined): Json {
  const { httpGet, tcpSocket, exec, grpc, ...timings } = probe;
  if (isMap(httpGet)) {
    const { path = '/', port, ...others } = httpGet;
    const isUsual = isSame(port, usual);
    const entry = withoutEmpty({ path, ...(!isUsual && { port }), ...others, ...timings });
    return hasOnly(entry, 'path') ? (entry['path'] ?? null) : entry;
  }
  const isPlain = isMap(tcpSocket) && hasOnly(tcpSocket, 'port');
  return withoutEmpty({
    ...(isPlain ? { tcp: tcpSocket['port'] } : { tcpSocket }),
    exec: mapAt(exec)['command'],
    grpc: isMap(grpc) && hasOnly(grpc, 'port') ? grpc['port'] : grpc,
    ...timings,
  });
}

const SOURCES: Readonly<Record<string, string>> = {
  secretKeyRef: 'secret',
  configMapKeyRef: 'configMap',
  secretRef: 'secret',
  configMapRef: 'configMap',
};

export function envEntry(container: JsonObject, { original, databases }: FormContext): JsonObject {
  // A host of a database of the spec is never a coincidence, so it becomes a reference.
  const refs = [...databases.keys()].flatMap(database => {
    const named = Object.entries(hosts(database, original.namespace));
    return named.map(([field, host]) => [host, { database, field }] as const);
  });
  const hostRefs = new Map(refs);
  return Object.fromEntries(
    listAt(container, 'env')
      .filter(isMap)
      .map(variable => [scalarText(variable['name']), valueEntry(variable, hostRefs)]),
  );
}

function valueEntry({ value, valueFrom }: JsonObject, hostRefs: ReadonlyMap<string, JsonObject>) {
  if (valueFrom === undefined) return hostRefs.get(scalarText(value)) ?? value ?? '';
  const [source] = Object.keys(mapAt(valueFrom));
  const name = SOURCES[source ?? ''];
  const ref = mapAt(valueFrom, source ?? '');
  if (name === undefined || typeof ref['key'] !== 'string') return { valueFrom };
  return withoutEmpty({ [name]: ref['name'], key: ref['key'], optional: ref['optional'] });
}

export function envFromEntries(container: JsonObject): Json[] {
  const sources = listAt(container, 'envFrom').filter(isMap);
  return sources.map(({ prefix, ...refs }) => {
    const [source = ''] = Object.keys(refs);
    const ref = mapAt(refs, source);
    const name = textAt(ref, 'name') ?? '';
    const options = withoutEmpty({ prefix, optional: ref['optional'] });
    const field = SOURCES[source] ?? 'secret';
    if (field === 'secret' && Object.keys(options).length === 0) return name;
    return { [field]: name, ...options };
  });
}

/** Where a container mounts a volume, as an entry says it. */
function severalAt(mounts: readonly JsonObject[], isReadOnly: boolean): Json {
  const all = mounts.map(({ name: _, mountPath, readOnly, ...others }): Json => {
    const at = mountPath ?? '';
    const unusual = isReadOnly ? unless(readOnly ?? false, true) : readOnly;
    const options = withoutEmpty({ ...others, readOnly: unusual });
    return Object.keys(options).length === 0 ? at : { at, ...options };
  });
  return all.length === 1 ? (all[0] ?? '') : all;
}

/** Where the container of a workload mounts a volume: one mount's options stand beside the source. */
function mountsEntry(mounts: readonly JsonObject[], isReadOnly: boolean): JsonObject {
  if (mounts.length === 0) return {};
  const at = severalAt(mounts, isReadOnly);
  return isMap(at) ? at : { at };
}

/** The volumes of pods: those of a Secret or ConfigMap that need no name under `mounts`, all others by name. */
export function volumeEntries(
  volumes: readonly JsonObject[],
  containers: readonly JsonObject[],
): { readonly mounts: JsonObject; readonly volumes: JsonObject } {
  const [main = [], ...others] = containers.map(container =>
    listAt(container, 'volumeMounts').filter(isMap),
  );
  const mounts: Record<string, Json> = {};
  const named: Record<string, Json> = {};
  for (const { name, ...source } of volumes) {
    const isOf = (mount: JsonObject): boolean => mount['name'] === name;
    const short = shortSource(source);
    const isFiles = isMap(source['secret']) || isMap(source['configMap']);
    const mounted = mountsEntry(main.filter(isOf), isFiles);
    const { at } = mounted;
    const isNameless =
      typeof at === 'string' &&
      hasOnly(mounted, 'at') &&
      name === volumeName(at) &&
      hasOnly(short, 'secret', 'configMap', 'keys', 'optional') &&
      (typeof short['secret'] === 'string' || typeof short['configMap'] === 'string') &&
      !others.flat().some(isOf);
    if (isNameless) mounts[at] = short;
    else named[scalarText(name)] = { ...mounted, ...short };
  }
  return { mounts, volumes: named };
}

function shortSource(source: JsonObject): JsonObject {
  const { emptyDir, persistentVolumeClaim, secret, configMap } = source;
  // A volume without a source is an emptyDir.
  if (isMap(emptyDir) || Object.keys(source).length === 0)
    return { empty: emptyEntry(mapAt(emptyDir)) };
  if (isMap(persistentVolumeClaim) && hasOnly(persistentVolumeClaim, 'claimName'))
    return { claim: persistentVolumeClaim['claimName'] ?? '' };
  if (isMap(secret)) return filesEntry('secret', secret);
  return isMap(configMap) ? filesEntry('configMap', configMap) : source;
}

function emptyEntry(emptyDir: JsonObject): Json {
  const { sizeLimit, ...others } = emptyDir;
  if (Object.keys(others).length > 0) return emptyDir;
  return sizeLimit === undefined ? true : scalarText(sizeLimit);
}

function filesEntry(kind: 'configMap' | 'secret', files: JsonObject): JsonObject {
  const name = textAt(files, kind === 'secret' ? 'secretName' : 'name');
  const items = listAt(files, 'items').filter(isMap);
  const isShort =
    name !== undefined &&
    hasOnly(files, 'secretName', 'name', 'items', 'defaultMode', 'optional') &&
    items.every(item => hasOnly(item, 'key', 'path'));
  if (!isShort) return { [kind]: files };
  const mode = files['defaultMode'];
  const keys = Object.fromEntries(items.map(item => [scalarText(item['key']), item['path'] ?? '']));
  const text = typeof mode === 'number' ? `0${mode.toString(8)}` : undefined;
  return withoutEmpty({ [kind]: name, keys, mode: text, optional: files['optional'] });
}

/** The mounts of an init container or a sidecar. */
export function mountEntries(container: JsonObject, files: ReadonlySet<string>): JsonObject {
  const mounts = listAt(container, 'volumeMounts').filter(isMap);
  const byName = [...groupBy(mounts, mount => scalarText(mount['name']))];
  return Object.fromEntries(byName.map(([name, all]) => [name, severalAt(all, files.has(name))]));
}

/** The claim templates of a StatefulSet, as volumes; undefined: one has fields that a volume of a spec lacks. */
export function templateVolumes(
  templates: readonly JsonObject[],
  container: JsonObject,
): JsonObject | undefined {
  const entries = templates.flatMap(template => {
    const { name: _, creationTimestamp: __, ...marks } = mapAt(template, 'metadata');
    const entry = claimEntry(mapAt(template, 'spec'), marks);
    const name = textAt(template, 'metadata', 'name') ?? '';
    const isPlain =
      hasOnly(template, 'apiVersion', 'kind', 'metadata', 'spec', 'status') &&
      hasOnly(marks, 'labels', 'annotations');
    const mounts = listAt(container, 'volumeMounts').filter(isMap);
    const ofIt = mounts.filter(mount => mount['name'] === name);
    if (entry === undefined || !isPlain) return [];
    return [[name, { ...mountsEntry(ofIt, false), ...entry }] as const];
  });
  return entries.length < templates.length ? undefined : Object.fromEntries(entries);
}

/** The claim as an entry makes it; undefined: it has other fields too. */
export function claimEntry(spec: JsonObject, marks: JsonObject): JsonObject | undefined {
  const { labels = {}, annotations = {} } = marks;
  const { accessModes, storageClassName, resources } = spec;
  const size = textAt(resources, 'requests', 'storage');
  const isPlain =
    hasOnly(spec, 'accessModes', 'storageClassName', 'resources') &&
    hasOnly(mapAt(resources), 'requests') &&
    hasOnly(mapAt(resources, 'requests'), 'storage') &&
    // A volume of an entry cannot remove a label that the spec sets on all objects.
    ![labels, annotations].some(map => Object.values(mapAt(map)).includes(null));
  if (!isPlain || size === undefined) return undefined;
  const modes = !isSame(accessModes, ['ReadWriteOnce']) && { accessModes };
  return withoutEmpty({ size, class: storageClassName, ...modes, labels, annotations });
}

/** What pods and their first container may do, in the words of a spec; undefined: what is usual. */
export function securityEntry(
  pod: JsonObject,
  container: JsonObject,
  isHardened: boolean,
): Json | undefined {
  const [ofPod, ofContainer] = [mapAt(pod['securityContext']), mapAt(container['securityContext'])];
  const isRestricted =
    isWithin(RESTRICTED.pod, ofPod) &&
    isWithin(RESTRICTED.container, ofContainer) &&
    pod['automountServiceAccountToken'] !== undefined;
  const presets = isRestricted ? RESTRICTED : { pod: {}, container: {} };
  const more = without(presets.container, ofContainer);
  const beyondPreset = { pod: without(presets.pod, ofPod), container: more };
  const fields = ownEntry('security', beyondPreset);
  // Whether a field of both is placed in the pod.
  const isOfPod = (name: string): boolean =>
    Object.hasOwn(ownEntry('security', { pod: { [name]: true } }), name);
  const inContainer = Object.entries(more).filter(
    ([name]) => !Object.hasOwn(fields, name) || Object.hasOwn(ofPod, name) || isOfPod(name),
  );
  const isPlain = Object.keys(fields).length === 0 && inContainer.length === 0;
  const preset = isRestricted ? 'restricted' : 'none';
  if (isPlain) return isRestricted === isHardened ? undefined : preset;
  const entry = withoutEmpty({ ...fields, container: Object.fromEntries(inContainer) });
  return isRestricted ? { preset, ...entry } : entry;
}

function isWithin(part: JsonObject, whole: JsonObject): boolean {
  return Object.entries(part).every(([name, value]) => isSame(value, whole[name]));
}
