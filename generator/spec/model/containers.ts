import { missing, type Path, type Report } from '../../core/finding.ts';
import { isMap, type Json, type JsonObject, mapAt, mapValues } from '../../core/json.ts';
import { markFields, optional, unlessEmpty } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { hosts, POSTGRES_PORT, serviceHost } from '../../kinds/cnpg/cluster.ts';
import type { KeySet } from '../../kinds/kind.ts';
import { sourceOf, volumeOf, wholeSource } from '../inject/additions.ts';
import { type PlacedField, placedFields, withPlaced } from '../own-fields.ts';
import type {
  EnvFromSpec,
  EnvSpec,
  MountSpec,
  PodContainerSpec,
  Spec,
  VolumeMountSpec,
  VolumeSpec,
  WorkloadSpec,
} from '../spec.ts';
import type {
  ConfigMapModel,
  ContainerModel,
  DatabaseModel,
  SecretLookup,
  VolumeModel,
} from './model.ts';
import { checkSecret, checkSources, entriesOf } from './model.ts';

export interface WorkloadContext extends SecretLookup {
  readonly configMaps: ReadonlyMap<string, ConfigMapModel>;
  readonly namespace: string;
  readonly databases: ReadonlyMap<string, DatabaseModel>;
}

type ContainerFields = Omit<PodContainerSpec, 'security' | 'volumes'> &
  Pick<WorkloadSpec, 'envOrder' | 'health' | 'port'>;

/** A container as it stands in a pod. Reports references to Secrets, keys and volumes that do not exist. */
export function resolveContainer(
  name: string,
  spec: ContainerFields,
  path: Path,
  { mounts, security, fields = [] }: ContainerParts,
  context: WorkloadContext,
): ContainerModel {
  const env = Object.entries(spec.env ?? {}).map(([variable, value]) =>
    envVar(variable, value, [...path, 'env', variable], context),
  );
  const sources = (spec.envFrom ?? []).map(wholeSource);
  const ports = portsOf(spec);
  checkPorts(ports, path, context.report);
  checkMemory(mapAt(spec.resources), path, context.report);
  const from = sources.map((source, at) => envFrom(source, [...path, 'envFrom', at], context));
  const built = {
    image: spec.image ?? '',
    ...optional('command', spec.command),
    ...optional('args', spec.args),
    ...unlessEmpty('ports', ports),
    ...unlessEmpty('envFrom', from),
    ...unlessEmpty('env', env),
    ...optional('resources', spec.resources as JsonObject | undefined),
    ...probesOf(spec, ports, path, context.report),
    ...unlessEmpty('securityContext', security),
    ...unlessEmpty('volumeMounts', mounts),
  };
  return {
    path,
    object: { name, ...withPlaced(built, fields) },
    envOrder: spec.envOrder ?? [],
    envFromKeys: envFromKeys(sources, context),
  };
}

interface ContainerParts {
  readonly mounts: readonly JsonObject[];
  readonly security: JsonObject;
  readonly fields?: readonly PlacedField[];
}

function portsOf({ port, ports = {} }: ContainerFields): JsonObject[] {
  const single = port === undefined ? [] : [containerPort(port, 'http')];
  const others = Array.isArray(ports)
    ? ports.map(item =>
        typeof item === 'number' ? containerPort(item) : { protocol: 'TCP', ...item },
      )
    : Object.entries(ports).map(([name, number]) => containerPort(Number(number), name));
  return [...single, ...others];
}

function containerPort(number: number, name?: string): JsonObject {
  return { ...(name !== undefined && { name }), containerPort: number, protocol: 'TCP' };
}

/** Reports memory without a unit: less than a megabyte is enough for no program. */
function checkMemory(resources: JsonObject, path: Path, report: Report): void {
  for (const field of ['limits', 'requests']) {
    const memory = String(mapAt(resources, field)['memory']);
    if (/^[1-9]\d{0,5}$/.test(memory)) {
      const message = `${memory} without a unit is ${memory} bytes`;
      const hint = `Write ${memory}Mi, or another unit.`;
      report({ id: 'no-unit', message, hint, path: [...path, 'resources', field, 'memory'] });
    }
  }
}

function checkPorts(ports: readonly JsonObject[], path: Path, report: Report): void {
  const names = new Set<Json>();
  const nameOf = new Map<string, Json>();
  for (const { name = '', containerPort = 0, protocol = 'TCP' } of ports) {
    const number = `${containerPort}/${protocol}`;
    const first = nameOf.get(number);
    const isNamed = name !== '' && names.has(name);
    if (isNamed || first !== undefined) {
      const message = isNamed
        ? `"port" and "${name}" are both named ${name}`
        : `ports "${first}" and "${name}" are both ${containerPort}`;
      const hint = 'Give each port a name and a number of its own.';
      report({ id: 'duplicate-port', message, hint, path: [...path, 'ports', String(name)] });
    }
    names.add(name);
    nameOf.set(number, name);
  }
}

type Probe = NonNullable<WorkloadSpec['health']>;

function probesOf(
  { health, probes = {} }: ContainerFields,
  ports: readonly JsonObject[],
  path: Path,
  report: Report,
): JsonObject {
  const usual = ports.find(port => port['name'] === 'http') ?? ports[0];
  const portOf = (at: Path): Json => {
    if (usual === undefined) {
      const hint = 'Add `port: 8080`, or say in the probe which port is asked.';
      report({ id: 'missing-field', message: `"${at.at(-1)}" needs a port`, hint, path: at });
    }
    return usual?.['name'] ?? usual?.['containerPort'] ?? '';
  };
  const both = health && probeOf(health, [...path, 'health'], portOf, report);
  const single = (['readiness', 'liveness', 'startup'] as const).flatMap(word => {
    const probe = probes[word];
    if (probe === undefined) return [];
    return [[`${word}Probe`, probeOf(probe, [...path, 'probes', word], portOf, report)] as const];
  });
  return {
    ...(both !== undefined && { readinessProbe: both, livenessProbe: both }),
    ...Object.fromEntries(single),
  };
}

function probeOf(spec: Probe, path: Path, portOf: (path: Path) => Json, report: Report) {
  if (typeof spec === 'string') return { httpGet: { path: spec, port: portOf(path) } };
  const { path: httpPath, port, tcp, exec, grpc } = spec;
  const fields = placedFields('probe', spec);
  const hasHttpGet = fields.some(({ path: [level] }) => level === 'httpGet');
  const isHttp = httpPath !== undefined || port !== undefined || hasHttpGet;
  const { httpGet, tcpSocket } = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  checkSources({ path: isHttp || undefined, tcp, exec, grpc, httpGet, tcpSocket }, path, report);
  const built = {
    ...(isHttp && {
      httpGet: { ...(httpPath !== undefined && { path: httpPath }), port: port ?? portOf(path) },
    }),
    ...(tcp !== undefined && { tcpSocket: { port: tcp } }),
    ...(exec !== undefined && { exec: { command: exec } }),
    ...(grpc !== undefined && { grpc: isMap(grpc) ? grpc : { port: grpc } }),
  };
  return withPlaced(built, fields);
}

function envFromKeys(sources: readonly EnvFromSpec[], { lookUp }: WorkloadContext): KeySet {
  const keys = new Set<string>();
  let isOpen = false;
  for (const { secret, prefix = '' } of sources) {
    const found = secret === undefined ? undefined : lookUp(secret);
    if (found === undefined || found.isOpen) isOpen = true;
    for (const key of found?.keys ?? []) keys.add(prefix + key);
  }
  return { keys, isOpen };
}

/** One variable: text, or a reference that leads somewhere. */
export function envVar(
  name: string,
  value: string | EnvSpec,
  path: Path,
  context: WorkloadContext,
): JsonObject {
  if (typeof value === 'string') return { name, value };
  const { secret, configMap, key, database, optional: isOptional, valueFrom } = value;
  checkSources({ secret, configMap, database, valueFrom }, path, context.report);
  if (valueFrom !== undefined) return { name, valueFrom };
  if (database !== undefined) return { name, value: databaseField(database, value, path, context) };
  if (key === undefined) context.report(missing('key', path, 'key: password'));
  const place = { key: key ?? '', name: secret ?? configMap ?? '' };
  const ref = { ...place, ...optional('optional', isOptional) };
  if (configMap !== undefined && isOptional !== true)
    checkConfigMapKey(configMap, place.key, [...path, 'key'], context);
  if (secret === undefined) return { name, valueFrom: { configMapKeyRef: ref } };
  if (isOptional !== true && key !== undefined) {
    const keys = [{ key, path: [...path, 'key'] }];
    checkSecret({ secret, path: [...path, 'secret'], keys }, context);
  }
  return { name, valueFrom: { secretKeyRef: ref } };
}

function databaseField(
  name: string,
  { field, pooler }: EnvSpec,
  path: Path,
  { databases, namespace, report }: WorkloadContext,
): string {
  const database = databases.get(name);
  if (database === undefined) {
    const hint = knownNames('databases', name, databases.keys());
    const message = `there is no database "${name}"`;
    report({ id: 'unknown-database', message, hint, path: [...path, 'database'] });
    return '';
  }
  const { database: dbname, owner, spec } = database;
  const poolers = Object.keys(spec.poolers ?? {});
  if (pooler !== undefined && !poolers.includes(pooler)) {
    const message = `database "${name}" has no pooler "${pooler}"`;
    const hint = knownNames(`poolers of "${name}"`, pooler, poolers);
    report({ id: 'unknown-pooler', message, hint, path: [...path, 'pooler'] });
  }
  const reached =
    pooler === undefined ? hosts(name, namespace) : { host: serviceHost(pooler, namespace) };
  const fields = new Map(Object.entries({ ...reached, port: POSTGRES_PORT, dbname, owner }));
  const value = fields.get(field ?? '');
  if (value !== undefined) return value;
  const id = 'unknown-database-field';
  const hint = knownNames('fields', field ?? '', fields.keys());
  if (field === undefined)
    report({ id, message: `which field of database "${name}"?`, hint, path });
  else
    report({ id, message: `a database has no field "${field}"`, hint, path: [...path, 'field'] });
  return '';
}

export function envFrom(source: EnvFromSpec, path: Path, context: WorkloadContext): JsonObject {
  const { secret, configMap } = source;
  checkSources({ secret, configMap }, path, context.report);
  if (secret !== undefined && source.optional !== true) checkSecret({ secret, path }, context);
  return sourceOf(source);
}

/** A Secret or ConfigMap as files in a directory. */
export function volume(spec: MountSpec, path: Path, context: WorkloadContext): JsonObject {
  const { secret, configMap } = spec;
  checkSources({ secret, configMap }, path, context.report);
  return fileVolume(spec, path, context);
}

function fileVolume(spec: MountSpec, path: Path, context: WorkloadContext): JsonObject {
  const { secret, keys = {} } = spec;
  if (secret !== undefined && spec.optional !== true) {
    const places = Object.keys(keys).map(key => {
      return { key, path: [...path, 'keys', key], isAboutName: true };
    });
    checkSecret({ secret, path: [...path, 'secret'], keys: places }, context);
  }
  return volumeOf(spec, Object.entries(keys));
}

/** The ConfigMaps of a spec. Their names get a hash of what they hold, unless an entry says `hash: false`. */
export function resolveConfigMaps({ configMaps }: Spec, namespace: string): ConfigMapModel[] {
  return entriesOf('configMaps', configMaps).map(entry => {
    const { data = {}, hash = true } = entry.spec;
    // A text in a file is in its place already (environments/read-spec.ts).
    const texts = mapValues(data, text => (typeof text === 'string' ? text : ''));
    const metadata = { name: entry.name, namespace };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...unlessEmpty('data', texts) };
    return { ...entry, data: texts, made: { object, isHashed: hash } };
  });
}

/** Reports a key that a ConfigMap of the spec does not have. One that another makes may have any. */
function checkConfigMapKey(
  configMap: string,
  key: string,
  path: Path,
  { configMaps, report }: WorkloadContext,
): void {
  const found = configMaps.get(configMap);
  if (found === undefined || Object.hasOwn(found.data, key)) return;
  const message = `ConfigMap "${configMap}" has no key "${key}"`;
  const hint = knownNames(`keys of "${configMap}"`, key, Object.keys(found.data));
  const related = [{ note: `"${configMap}" comes from here`, path: found.path }];
  report({ id: 'unknown-config-map-key', message, hint, path, related });
}

/** The volumes of a workload that have names, each with where its own container mounts it. */
export function resolveVolumes(
  workload: string,
  { volumes = {}, kind }: WorkloadSpec,
  path: Path,
  context: WorkloadContext,
): VolumeModel[] {
  return Object.entries(volumes).map(([name, spec]) => {
    const at = [...path, 'volumes', name];
    const fields = withPlaced({}, placedFields('volume', spec));
    const usual = `${workload}-${name}`;
    const made = claimOf(usual, name, kind, spec, context.namespace);
    const written = mapAt(fields['volume']);
    const { empty, size, secret, configMap } = spec;
    const claimName = size === undefined ? undefined : usual;
    const source = { ...volumeSource(spec, claimName, at, context), ...written };
    checkClaimFields(spec, at, context.report);
    const claimed = size === undefined ? { claim: spec.claim } : { size };
    const short = { empty: empty || undefined, ...claimed, secret, configMap };
    checkSources({ ...short, ...written }, at, context.report);
    const isReadOnly = 'secret' in source || 'configMap' in source;
    return {
      name,
      source: made.template === undefined ? { name, ...source } : undefined,
      ...made,
      mounts: mountsOf(name, spec.at ?? [], {
        ...(isReadOnly && { readOnly: true }),
        ...mapAt(fields['mount']),
        ...optional('readOnly', spec.readOnly),
      }),
      isReadOnly,
    };
  });
}

export function resolveMounts(
  spec: Readonly<Record<string, VolumeMountSpec>>,
  volumes: readonly VolumeModel[],
  path: Path,
  report: Report,
): JsonObject[] {
  return Object.entries(spec).flatMap(([name, at]) => {
    const found = volumes.find(entry => entry.name === name);
    if (found !== undefined) return mountsOf(name, at, found.isReadOnly ? { readOnly: true } : {});
    const message = `there is no volume "${name}"`;
    const names = volumes.map(entry => entry.name);
    const hint = knownNames('volumes of the workload', name, names);
    report({ id: 'unknown-volume', message, hint, path: [...path, name], isAboutName: true });
    return [];
  });
}

function mountsOf(name: string, at: VolumeMountSpec, usual: JsonObject): JsonObject[] {
  if (Array.isArray(at)) return at.flatMap(mount => mountsOf(name, mount, usual));
  if (typeof at === 'string') return [{ name, mountPath: at, ...usual }];
  const { at: mountPath, ...others } = at as { readonly at: string } & JsonObject;
  return [{ name, mountPath, ...usual, ...others }];
}

function claimOf(
  usual: string,
  volume: string,
  kind: WorkloadSpec['kind'],
  { size, class: storageClass, accessModes = ['ReadWriteOnce'], claim, ...marks }: VolumeSpec,
  namespace: string,
): Pick<VolumeModel, 'claim' | 'template'> {
  if (size === undefined) return {};
  const resources = { requests: { storage: size } };
  const spec = { accessModes, resources, ...optional('storageClassName', storageClass) };
  const fields = markFields(marks.labels, marks.annotations);
  if (kind === 'StatefulSet' && claim === undefined)
    return { template: { metadata: { name: volume, ...fields }, spec } };
  const metadata = { name: claim ?? usual, namespace, ...fields };
  return { claim: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec } };
}

function volumeSource(
  spec: VolumeSpec,
  made: string | undefined,
  path: Path,
  context: WorkloadContext,
): JsonObject {
  const { empty, secret, configMap, claim: claimName = made, mode, ...options } = spec;
  if (isMap(empty)) return { emptyDir: empty };
  if (empty === true) return { emptyDir: {} };
  if (typeof empty === 'string') return { emptyDir: { sizeLimit: empty } };
  if (claimName !== undefined) return { persistentVolumeClaim: { claimName } };
  if (isMap(secret)) return { secret };
  if (isMap(configMap)) return { configMap };
  if (secret === undefined && configMap === undefined) return {};
  const names = { ...optional('secret', secret), ...optional('configMap', configMap) };
  const defaultMode = mode === undefined ? undefined : Number.parseInt(mode, 8);
  return mapValues(fileVolume({ ...options, ...names }, path, context), files => {
    return { ...mapAt(files), ...optional('defaultMode', defaultMode) };
  });
}

function checkClaimFields(spec: VolumeSpec, path: Path, report: Report): void {
  for (const field of ['class', 'accessModes', 'labels', 'annotations'] as const) {
    if (spec.size !== undefined || spec[field] === undefined) continue;
    const message = `${field} belongs to a claim, and this volume makes none`;
    const hint = `Add size, such as size: 10Gi, or take ${field} out.`;
    const at = [...path, field];
    report({ id: 'volume-without-claim', message, hint, path: at, isAboutName: true });
  }
}
