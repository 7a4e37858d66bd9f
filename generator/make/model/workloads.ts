import type { Path } from '../../ground/finding.ts';
import type { JsonObject } from '../../ground/json.ts';
import type { Spec } from '../spec/spec.ts';
import type { EnvFromSpec, WorkloadSpec } from '../spec/workload-spec.ts';
import type { WorkloadModel } from './model.ts';
import { checkSecret } from './references.ts';
import { envFrom, envFromKeys, envVar, type WorkloadContext } from './workload-env.ts';
import { checkEnvOrder, checkFields, portsOf } from './workload-fields.ts';
import { volume } from './workload-mounts.ts';

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
  const { replicas, health, command, args, schedule, mode, config, image, serviceAccount } = spec;
  const isGiven = typeof serviceAccount === 'string';
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
    envOrder: spec.envOrder ?? [],
    envFrom: sources.map((source, index) => envFrom(source, [...path, 'envFrom', index], context)),
    mounts: Object.entries(spec.mounts ?? {}).map(([at, mount]) =>
      volume(at, mount, [...path, 'mounts', at], context),
    ),
    // Part of what cannot change, so it is short.
    selector: spec.selector ?? { 'app.kubernetes.io/name': name },
    isHardened: context.isHardened,
    serviceAccount: isGiven ? serviceAccount : undefined,
    accountAnnotations: isGiven ? undefined : serviceAccount?.annotations,
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
