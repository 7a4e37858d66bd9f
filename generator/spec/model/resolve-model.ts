import {
  type Fault,
  missing,
  type Outcome,
  outcome,
  type Path,
  type Report,
} from '../../core/finding.ts';
import { mergedMarks } from '../../core/kube-object.ts';
import { checkEntry } from '../inject/wanted.ts';
import type { InjectedEnv, InjectionEntry, InjectSpec, Spec } from '../spec.ts';
import { resolveConfigMaps } from './config-maps.ts';
import { envFrom, envVar, volume, type WorkloadContext } from './containers.ts';
import { checkDatabases, checkLogins, databaseSecrets, resolveDatabases } from './databases.ts';
import type { Model } from './model.ts';
import { resolveVersions } from './operators.ts';
import { resolveResources, withResourceSecrets } from './resources.ts';
import { resolveSecrets } from './secrets.ts';
import { resolvePushes, resolveStores } from './stores.ts';
import { resolveWorkloads } from './workloads.ts';

/** The merged spec of an environment → its model. Reports every name that leads nowhere. */
export function resolveModel(partOf: string, spec: Spec): Outcome<Model> {
  const faults: Fault[] = [];
  const report: Report = fault => faults.push(fault);
  const namespace = spec.namespace ?? '';
  if (namespace === '') report(missing('namespace', [], 'namespace: shop'));
  const databases = resolveDatabases(spec, report);
  const resources = resolveResources(spec, namespace, report);
  const made = withResourceSecrets(databaseSecrets(spec, databases), resources, namespace);
  const { secrets, known } = resolveSecrets(spec, namespace, made, report);
  const stores = resolveStores(spec, namespace, secrets, report);
  const lookup = { report, lookUp: (name: string) => known.get(name), names: () => known.keys() };
  const configMaps = resolveConfigMaps(spec);
  const context = {
    ...lookup,
    configMaps: new Map(configMaps.map(one => [one.name, one])),
    namespace,
    databases: new Map(databases.map(database => [database.name, database])),
  };
  const workloads = resolveWorkloads(spec, context);
  const inject = resolveInjections(spec, context);
  const pushes = resolvePushes(spec, lookup);
  checkLogins(spec, known, report);
  checkDatabases(spec, { databases, resources, namespace }, lookup);
  const { components = [], omit = [], annotations = {} } = spec;
  const labels = mergedMarks(spec.labels, spec.commonLabels);
  const entries = { stores, databases, secrets, pushes, workloads, configMaps, resources, inject };
  const versions = resolveVersions(spec, report);
  return outcome(
    { partOf, namespace, labels, annotations, ...entries, versions, omit, components },
    faults,
  );
}

/** The entries of `inject` with every name resolved: the spec has to know the Secrets, as for its workloads. */
function resolveInjections({ inject = {}, shapes = {} }: Spec, context: WorkloadContext) {
  const workloads = Object.entries(inject).map(([name, entry]): [string, InjectionEntry] => [
    name,
    resolveEntry(name, entry, context),
  ]);
  return { workloads: Object.fromEntries(workloads), shapes };
}

function resolveEntry(name: string, spec: InjectSpec, context: WorkloadContext): InjectionEntry {
  const path = ['inject', name];
  const { target, env = {}, ...others } = spec;
  if (target === undefined)
    context.report(missing('target', path, 'target: { kind: Deployment, name: web }'));
  const resolved = Object.entries(env).map(([variable, value]): [string, string | InjectedEnv] => {
    const { value: text, valueFrom } = envVar(variable, value, [...path, 'env', variable], context);
    return [variable, valueFrom === undefined ? (text ?? '') : { valueFrom }];
  });
  const entry = { ...others, target: target ?? { name: '*' }, env: Object.fromEntries(resolved) };
  checkEntry(name, entry, path, context.report);
  checkReads(entry, path, context);
  return entry;
}

/** Reports unknown Secrets of `envFrom` and `mounts`. */
function checkReads(
  { envFrom: sources = [], mounts = {} }: InjectionEntry,
  path: Path,
  context: WorkloadContext,
): void {
  for (const [index, source] of sources.entries())
    envFrom(
      typeof source === 'string' ? { secret: source } : source,
      [...path, 'envFrom', index],
      context,
    );
  for (const [folder, mount] of Object.entries(mounts))
    if (mount.volume === undefined) volume(folder, mount, [...path, 'mounts', folder], context);
}
