import { missing, type Path, type Report } from '../../core/finding.ts';
import type { JsonObject } from '../../core/json.ts';
import { knownNames } from '../../core/names.ts';
import { hosts, POSTGRES_PORT, serviceHost } from '../../kinds/cnpg/cluster.ts';
import type { KeySet } from '../../kinds/kind.ts';
import { sourceOf, volumeOf } from '../inject/wanted.ts';
import { USED_BY, WORKLOADS } from '../objects/workloads.ts';
import type { EnvFromSpec, EnvSpec, MountSpec, Spec, WorkloadSpec } from '../spec.ts';
import {
  checkSecret,
  checkSources,
  type DatabaseModel,
  type EnvVar,
  type Mount,
  type SecretLookup,
  type WorkloadModel,
} from './model.ts';

/** What the workloads of an environment are resolved against. */
export interface WorkloadContext extends SecretLookup {
  readonly namespace: string;
  readonly databases: ReadonlyMap<string, DatabaseModel>;
}

/** The workloads, with what they read resolved. */
export function resolveWorkloads(spec: Spec, context: WorkloadContext): WorkloadModel[] {
  const isHardened = spec.omit?.includes('hardening') !== true;
  return Object.entries(spec.workloads ?? {}).map(([name, workload]) =>
    resolveWorkload(name, workload, { ...context, isHardened }),
  );
}

function resolveWorkload(
  name: string,
  spec: WorkloadSpec,
  context: WorkloadContext & Pick<WorkloadModel, 'isHardened'>,
): WorkloadModel {
  const path = ['workloads', name];
  const kind = spec.kind ?? 'Deployment';
  checkFields(spec, path, context.report);
  checkEnvOrder(spec, path, context.report);
  const env = Object.entries(spec.env ?? {}).map(([variable, value]) =>
    envVar(variable, value, [...path, 'env', variable], context),
  );
  const sources = (spec.envFrom ?? []).map(source =>
    typeof source === 'string' ? { secret: source } : source,
  );
  const { port: _, serviceAccount, ...fields } = spec;
  const isNamed = typeof serviceAccount === 'string';
  return {
    ...fields,
    name,
    path,
    patch: spec.patch ?? {},
    kind,
    ports: portsOf(spec),
    env,
    envOrder: spec.envOrder ?? [],
    envFrom: sources.map((source, index) => envFrom(source, [...path, 'envFrom', index], context)),
    mounts: Object.entries(spec.mounts ?? {}).map(([at, mount]) =>
      volume(at, mount, [...path, 'mounts', at], context),
    ),
    // Part of what cannot change, so it is short.
    selector: spec.selector ?? { 'app.kubernetes.io/name': name },
    isHardened: context.isHardened,
    serviceAccount: isNamed ? serviceAccount : undefined,
    accountAnnotations: isNamed ? undefined : serviceAccount?.annotations,
    imagePullSecrets: pullSecrets(spec, path, context),
    reads: readsOf(spec, sources),
    databases: databasesOf(spec),
    envFromKeys: envFromKeys(sources, context),
  };
}

/** Reports a missing field that the kind needs, and fields that the kind does not use. */
function checkFields(spec: WorkloadSpec, path: Path, report: Report): void {
  const kind = spec.kind ?? 'Deployment';
  const { needs, check } = WORKLOADS[kind];
  check?.(spec, path, report);
  const [needed, example] = needs;
  if (spec[needed] === undefined) report(missing(needed, path, example));
  for (const [field, kinds] of Object.entries(USED_BY)) {
    if (Object.hasOwn(spec, field) && !kinds.includes(kind))
      report({
        id: 'unused-field',
        message: `kind ${kind} has no use for "${field}"`,
        hint: `Remove ${field}, or reach what you mean through patch. Kinds that take it: ${kinds.join(', ')}.`,
        path: [...path, field],
        isAboutName: true,
      });
  }
  if (spec.health !== undefined && !portsOf(spec).some(({ name }) => name === 'http'))
    report({
      id: 'missing-field',
      message: '"health" needs a port named "http"',
      hint: 'Add `port: 8080`, or name one of the ports http.',
      path: [...path, 'health'],
    });
  checkPorts(spec, path, report);
}

/** A Service cannot have one port twice, whatever the names. */
function checkPorts(spec: WorkloadSpec, path: Path, report: Report): void {
  const reportPort = (name: string, message: string): void =>
    report({
      id: 'duplicate-port',
      message,
      hint: 'Give each port a name and a number of its own.',
      path: [...path, 'ports', name],
    });
  if (spec.port !== undefined && spec.ports?.['http'] !== undefined)
    reportPort('http', '"port" and "http" are both named http');
  const nameOf = new Map<number, string>();
  for (const { name, port } of portsOf(spec)) {
    const first = nameOf.get(port) ?? name;
    if (first !== name) reportPort(name, `ports "${first}" and "${name}" are both ${port}`);
    nameOf.set(port, name);
  }
}

/** The ports by name; a single `port` is named http. */
function portsOf({ port, ports = {} }: WorkloadSpec): WorkloadModel['ports'] {
  const single = port === undefined ? [] : [{ name: 'http', port }];
  return [...single, ...Object.entries(ports).map(([name, number]) => ({ name, port: number }))];
}

/** Reports names in `envOrder` that are no variables. A patch may bring others. */
function checkEnvOrder(
  { envOrder = [], env = {}, patch }: WorkloadSpec,
  path: Path,
  report: Report,
): void {
  if (patch !== undefined) return;
  for (const [index, name] of envOrder.entries()) {
    if (Object.hasOwn(env, name)) continue;
    report({
      id: 'unknown-variable',
      message: `envOrder names "${name}", which is no variable of this workload`,
      hint: knownNames('variables', name, Object.keys(env)),
      path: [...path, 'envOrder', index],
    });
  }
}

/** One variable: text, or a reference that leads somewhere. */
export function envVar(
  name: string,
  value: string | EnvSpec,
  path: Path,
  context: WorkloadContext,
): EnvVar {
  if (typeof value === 'string') return { name, value };
  const { secret, configMap, key, database, optional, valueFrom } = value;
  checkSources({ secret, configMap, database, valueFrom }, path, context.report);
  if (valueFrom !== undefined) return { name, valueFrom };
  if (database !== undefined) return { name, value: databaseField(database, value, path, context) };
  if (key === undefined) context.report(missing('key', path, 'key: password'));
  const ref = {
    key: key ?? '',
    name: secret ?? configMap ?? '',
    ...(optional !== undefined && { optional }),
  };
  if (secret === undefined) return { name, valueFrom: { configMapKeyRef: ref } };
  if (optional !== true && key !== undefined) {
    checkSecret({ secret, key }, [...path, 'secret'], [...path, 'key'], context);
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
    report({
      id: 'unknown-database',
      message: `there is no database "${name}"`,
      hint,
      path: [...path, 'database'],
    });
    return '';
  }
  const { database: dbname, owner } = database;
  const fields: Readonly<Record<string, string>> = {
    ...(pooler === undefined
      ? hosts(name, namespace)
      : { host: poolerHost(pooler, database, namespace, path, report) }),
    port: POSTGRES_PORT,
    dbname,
    owner,
  };
  const value = field !== undefined && Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (value !== undefined) return value;
  report({
    id: 'unknown-database-field',
    message:
      field === undefined
        ? `which field of database "${name}"?`
        : `a database has no field "${field}"`,
    hint: knownNames('fields', field ?? '', Object.keys(fields)),
    path: [...path, ...(field === undefined ? [] : ['field'])],
  });
  return '';
}

function poolerHost(
  name: string,
  { name: cnpgCluster, poolers }: DatabaseModel,
  namespace: string,
  path: Path,
  report: Report,
): string {
  const names = poolers.map(pooler => pooler.name);
  if (!names.includes(name)) {
    report({
      id: 'unknown-pooler',
      message: `database "${cnpgCluster}" has no pooler "${name}"`,
      hint: knownNames(`poolers of "${cnpgCluster}"`, name, names),
      path: [...path, 'pooler'],
    });
  }
  return serviceHost(name, namespace);
}

/** One source of many variables. */
export function envFrom(source: EnvFromSpec, path: Path, context: WorkloadContext): JsonObject {
  const { secret, configMap, optional } = source;
  checkSources({ secret, configMap }, path, context.report);
  if (secret !== undefined && optional !== true) checkSecret({ secret }, path, path, context);
  return sourceOf(source);
}

/** A Secret or ConfigMap as files in a directory. */
export function volume(at: string, spec: MountSpec, path: Path, context: WorkloadContext): Mount {
  const { secret, configMap, keys, optional } = spec;
  checkSources({ secret, configMap }, path, context.report);
  const files = Object.entries(keys ?? {});
  if (secret !== undefined && optional !== true) {
    checkSecret({ secret }, [...path, 'secret'], [...path, 'secret'], context);
    for (const [key] of files) {
      if (context.lookUp(secret) === undefined) break;
      checkSecret({ secret, key, isKeyName: true }, path, [...path, 'keys', key], context);
    }
  }
  return { path: at, volume: volumeOf(spec, files) };
}

function pullSecrets(spec: WorkloadSpec, path: Path, context: WorkloadContext): readonly string[] {
  const secrets = spec.imagePullSecrets ?? [];
  for (const [index, secret] of secrets.entries()) {
    const at = [...path, 'imagePullSecrets', index];
    checkSecret({ secret }, at, at, context);
  }
  return secrets;
}

function readsOf(spec: WorkloadSpec, sources: readonly EnvFromSpec[]): string[] {
  const env = Object.values(spec.env ?? {}).map(value =>
    typeof value === 'string' ? undefined : value.secret,
  );
  const files = Object.values(spec.mounts ?? {}).map(mount => mount.secret);
  const all = [
    ...env,
    ...sources.map(source => source.secret),
    ...files,
    ...(spec.imagePullSecrets ?? []),
  ];
  return [...new Set(all.filter(name => name !== undefined))].sort();
}

function databasesOf({ env = {} }: WorkloadSpec): string[] {
  const refs = Object.values(env).flatMap(value => {
    if (typeof value === 'string' || value.database === undefined) return [];
    const { database, pooler } = value;
    return [`Cluster/${database}`, ...(pooler === undefined ? [] : [`Pooler/${pooler}`])];
  });
  return [...new Set(refs)].sort();
}

/** The variables that all sources bring. */
function envFromKeys(sources: readonly EnvFromSpec[], { lookUp }: WorkloadContext): KeySet {
  const keys = new Set<string>();
  let isOpen = false;
  for (const { secret, prefix = '' } of sources) {
    const known = secret === undefined ? undefined : lookUp(secret);
    if (known === undefined || known.isOpen) isOpen = true;
    for (const key of known?.keys ?? []) keys.add(prefix + key);
  }
  return { keys, isOpen };
}
