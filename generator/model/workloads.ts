import type { Path } from '../source/finding.ts';
import { knownNames } from '../source/suggest.ts';
import type {
  EnvFromSpec,
  EnvSpec,
  JsonObject,
  MountSpec,
  Spec,
  WorkloadSpec,
} from '../spec/spec.ts';
import { hosts, POSTGRES_PORT } from './cnpg.ts';
import type { DatabaseModel, EnvVar, KeySet, KnownSecret, Mount, WorkloadModel } from './model.ts';
import { missing, type Report } from './resolve-model.ts';
import { checkSecret } from './secrets.ts';

interface WorkloadContext {
  readonly namespace: string;
  readonly databases: ReadonlyMap<string, DatabaseModel>;
  readonly report: Report;
  readonly lookUp: (name: string) => KnownSecret | undefined;
  readonly names: () => Iterable<string>;
}

/** The workloads, with what they read resolved. */
export function resolveWorkloads(
  spec: Spec,
  namespace: string,
  databases: readonly DatabaseModel[],
  known: ReadonlyMap<string, KnownSecret>,
  report: Report,
): WorkloadModel[] {
  const context: WorkloadContext = {
    namespace,
    databases: new Map(databases.map(database => [database.name, database])),
    report,
    lookUp: name => known.get(name),
    names: () => known.keys(),
  };
  return Object.entries(spec.workloads ?? {}).map(([name, workload]) =>
    resolveWorkload(name, workload, context),
  );
}

function resolveWorkload(
  name: string,
  spec: WorkloadSpec,
  context: WorkloadContext,
): WorkloadModel {
  const path = ['workloads', name];
  const kind = spec.kind ?? 'Deployment';
  checkFields(spec, path, context.report);
  const env = Object.entries(spec.env ?? {}).map(([variable, value]) =>
    envVar(variable, value, [...path, 'env', variable], context),
  );
  const sources = (spec.envFrom ?? []).map(source =>
    typeof source === 'string' ? { secret: source } : source,
  );
  const { replicas, health, command, args, schedule, mode, config, image } = spec;
  return {
    name,
    path,
    patch: spec.patch ?? {},
    kind,
    image,
    replicas,
    ports: portsOf(spec),
    health,
    command,
    args,
    env,
    envFrom: sources.map((source, index) => envFrom(source, [...path, 'envFrom', index], context)),
    mounts: Object.entries(spec.mounts ?? {}).map(([at, mount]) =>
      volume(at, mount, [...path, 'mounts', at], context),
    ),
    imagePullSecrets: pullSecrets(spec, path, context),
    resources: spec.resources as JsonObject | undefined,
    schedule,
    mode,
    config,
    reads: readsOf(spec, sources),
    databases: databasesOf(spec),
    envFromKeys: envFromKeys(sources, context),
  };
}

/** Fields that a kind needs, or has no use for. */
function checkFields(spec: WorkloadSpec, path: Path, report: Report): void {
  const kind = spec.kind ?? 'Deployment';
  const isCollector = kind === 'OpenTelemetryCollector';
  if (!isCollector && spec.image === undefined) report(missing('image', path, 'image: nginx:1.29'));
  if (isCollector && spec.config === undefined)
    report(missing('config', path, 'config: { exporters: … }'));
  if (kind === 'CronJob' && spec.schedule === undefined)
    report(missing('schedule', path, 'schedule: "0 4 * * *"'));
  const wrong = [
    ...(isCollector
      ? (['health', 'command', 'mounts', 'schedule'] as const)
      : (['mode', 'config'] as const)),
    ...(kind === 'CronJob' ? [] : (['schedule'] as const)),
    ...(['Job', 'CronJob', 'DaemonSet'].includes(kind) ? (['replicas'] as const) : []),
  ].filter(field => spec[field] !== undefined);
  for (const field of new Set(wrong)) {
    report({
      id: 'unused-field',
      message: `a ${kind} has no use for "${field}"`,
      hint: `Remove ${field}, or reach what you mean through patch.`,
      path: [...path, field],
      isAboutName: true,
    });
  }
  if (spec.health !== undefined && !portsOf(spec).some(({ name }) => name === 'http')) {
    report({
      id: 'missing-field',
      message: '"health" needs a port named "http"',
      hint: 'Add `port: 8080`, or name one of the ports http.',
      path: [...path, 'health'],
    });
  }
}

function portsOf({ port, ports }: WorkloadSpec): WorkloadModel['ports'] {
  const named = { ...(port !== undefined && { http: port }), ...ports };
  return Object.entries(named).map(([name, number]) => ({ name, port: number }));
}

function envVar(
  name: string,
  value: string | EnvSpec,
  path: Path,
  context: WorkloadContext,
): EnvVar {
  if (typeof value === 'string') return { name, value };
  const { secret, configMap, key, database, field, optional, valueFrom } = value;
  checkSources({ secret, configMap, database, valueFrom }, path, context.report);
  if (valueFrom !== undefined) return { name, valueFrom };
  if (database !== undefined) return { name, value: databaseField(database, field, path, context) };
  if (key === undefined) context.report(missing('key', path, 'key: password'));
  const options = optional === undefined ? {} : { optional };
  const ref = { key: key ?? '', name: secret ?? configMap ?? '', ...options };
  if (secret === undefined) return { name, valueFrom: { configMapKeyRef: ref } };
  if (optional !== true && key !== undefined) {
    checkSecret({ secret, key }, [...path, 'secret'], [...path, 'key'], context);
  }
  return { name, valueFrom: { secretKeyRef: ref } };
}

function checkSources(
  sources: Readonly<Record<string, unknown>>,
  path: Path,
  report: Report,
): void {
  const given = Object.keys(sources).filter(source => sources[source] !== undefined);
  if (given.length === 1) return;
  report({
    id: 'value-source',
    message: `this has ${given.length === 0 ? 'no source' : given.join(' and ')}`,
    hint: `Give it exactly one of: ${Object.keys(sources).join(', ')}.`,
    path,
  });
}

function databaseField(
  name: string,
  field: string | undefined,
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
    ...hosts(name, namespace),
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

function envFrom(source: EnvFromSpec, path: Path, context: WorkloadContext): JsonObject {
  const { secret, configMap, prefix, optional } = source;
  checkSources({ secret, configMap }, path, context.report);
  if (secret !== undefined && optional !== true) checkSecret({ secret }, path, path, context);
  const ref = { name: secret ?? configMap ?? '', ...(optional !== undefined && { optional }) };
  return {
    ...(prefix !== undefined && { prefix }),
    ...(secret === undefined ? { configMapRef: ref } : { secretRef: ref }),
  };
}

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

function volume(at: string, spec: MountSpec, path: Path, context: WorkloadContext): Mount {
  const { secret, configMap, keys, optional } = spec;
  checkSources({ secret, configMap }, path, context.report);
  const files = Object.entries(keys ?? {});
  if (secret !== undefined && optional !== true) {
    checkSecret({ secret }, [...path, 'secret'], [...path, 'secret'], context);
    for (const [key] of files) {
      if (context.lookUp(secret) === undefined) break;
      checkSecret({ secret, key }, path, [...path, 'keys', key], context);
    }
  }
  const items =
    files.length === 0 ? {} : { items: files.map(([key, file]) => ({ key, path: file })) };
  const options = { ...items, ...(optional !== undefined && { optional }) };
  return {
    path: at,
    volume:
      secret === undefined
        ? { configMap: { name: configMap ?? '', ...options } }
        : { secret: { secretName: secret, ...options } },
  };
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
  const names = Object.values(env).map(value =>
    typeof value === 'string' ? undefined : value.database,
  );
  return [...new Set(names.filter(name => name !== undefined))].sort();
}
