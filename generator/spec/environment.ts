import type { Fault, Outcome, Path, Report } from '../core/finding.ts';
import { missing, outcome } from '../core/finding.ts';
import { isMap, mapAt, mapValues, scalarText } from '../core/json.ts';
import { mergedMarks } from '../core/kube-object.ts';
import { knownNames, nearest } from '../core/names.ts';
import { checkEntry, wholeSource } from './inject/additions.ts';
import { beforeEnvironment, mergeEnvironment } from './merge.ts';
import type { WorkloadContext } from './model/containers.ts';
import { envFrom, envVar, resolveConfigMaps, volume } from './model/containers.ts';
import { checkDatabases, databaseSecrets, resolveDatabase } from './model/databases.ts';
import { checkSources, entriesOf, type Model, type StoreModel } from './model/model.ts';
import { checkVersions, resolveVersions } from './model/operators.ts';
import { resolveResources, resourceSecrets } from './model/resources.ts';
import { resolveSecrets } from './model/secrets.ts';
import { resolvePush, resolveStores } from './model/stores.ts';
import { resolveWorkload } from './model/workloads.ts';
import { inDocument } from './parse.ts';
import type { SharedCluster } from './shared-clusters.ts';
import { clusterNameOf, sharedClusters, sharedStores } from './shared-clusters.ts';
import type { InjectSpec, Spec, SpecObject } from './spec.ts';

/** What the environments of one cluster have in common: stores without a namespace, and the models to compare. */
export interface Sharing {
  readonly stores: readonly StoreModel[];
  readonly models: ReadonlyMap<string, Model>;
}

export const nothingShared: Sharing = { stores: [], models: new Map() };

/** What the environments of a cluster share, and the model of each. Reports where they contradict each other. */
export function resolveShared(spec: SpecObject, cluster: SharedCluster): Outcome<Sharing> {
  const faults: Fault[] = [];
  const models = new Map<string, Model>();
  for (const environment of cluster.environments) {
    const model = resolveEnvironment(spec, environment);
    if (model.value === undefined) faults.push(...model.faults);
    else models.set(environment, model.value);
  }
  const report = (environment: string, fault: Fault): void => {
    faults.push(...inDocument([fault], spec, environment));
  };
  checkVersions(cluster, models, report);
  return outcome({ stores: sharedStores(cluster, models, report), models }, faults);
}

/** The model of an environment, or of the base; paths of faults are those of the document. */
export function resolveEnvironment(spec: SpecObject, environment?: string): Outcome<Model> {
  const model = resolveModel(spec.metadata.name, mergeEnvironment(spec, environment));
  if (model.value !== undefined) return model;
  return { faults: inDocument(asOverrides(model.faults, spec, environment), spec, environment) };
}

const INCOMPLETE = new Set(['missing-field', 'secret-source', 'store-provider', 'value-source']);

/** An incomplete entry that the base lacks has probably a misspelt name: one `unknown-override` replaces its faults. */
function asOverrides(
  faults: readonly Fault[],
  document: SpecObject,
  environment: string | undefined,
): readonly Fault[] {
  const reported = new Set<string>();
  const before = beforeEnvironment(document, environment);
  return faults.flatMap(fault => {
    const [section = '', name = '', ...below] = fault.path.map(String);
    const change = mapAt(document.spec.environments, environment ?? '', section);
    const base = Object.keys(mapAt(before, section));
    const isNew = Object.hasOwn(change, name) && !base.includes(name);
    const isWhole = below.length > 1 || (below.length === 1 && nearest(name, base) === undefined);
    if (!isNew || base.length === 0 || isWhole || !INCOMPLETE.has(fault.id)) return [fault];
    const key = `${section}/${name}`;
    if (reported.has(key)) return [];
    reported.add(key);
    const message = `"${name}" is not among the ${section} of the base, and is not complete by itself`;
    const hint = `${knownNames(`${section} of the base`, name, base)} For one that is new: ${fault.hint ?? ''}`;
    const path = fault.path.slice(0, 2);
    return { id: 'unknown-override', message, hint, path, isAboutName: true };
  });
}

export function environmentNames({ spec }: SpecObject): string[] {
  return Object.keys(spec.environments ?? {}).sort();
}

/** Everything that can be built by name: the environments and the shared clusters. */
export function unitNames(spec: SpecObject): string[] {
  return [...environmentNames(spec), ...sharedClusters(spec).map(({ name }) => name)];
}

/** The fault of an environment with the same name as something else that the spec makes. */
export function nameTaken(environment: string, what: string): Fault {
  const message = `"${environment}" is an environment, and also the name of ${what}`;
  const hint = 'Give the environment another name.';
  const path = ['spec', 'environments', environment];
  return { id: 'duplicate-target', message, hint, path, isAboutName: true };
}

/** Reports an environment and a shared cluster with the same name, and clusters without an environment. */
export function nameFaults(spec: SpecObject): Fault[] {
  const environments = environmentNames(spec);
  const clusters = new Set(environments.map(name => clusterNameOf(spec, name)));
  const twice = sharedClusters(spec).filter(({ name }) => environments.includes(name));
  const idle = Object.keys(spec.spec.clusters ?? {}).filter(name => !clusters.has(name));
  return [
    ...twice.map(({ name }) => {
      const message = `"${name}" is an environment and a cluster that several environments share`;
      const hint = 'Each is built under its name: give one of them another.';
      const path = ['spec', 'environments', name];
      return { id: 'duplicate-target', message, hint, path, isAboutName: true };
    }),
    ...idle.map(name => {
      const message = `no environment runs in cluster "${name}", so its settings have no effect`;
      const hint = knownNames('clusters of the environments', name, clusters);
      const path = ['spec', 'clusters', name];
      return { id: 'idle-cluster', message, hint, path, isAboutName: true };
    }),
  ];
}

/** The fault of a name at `path` that no environment has, or of a missing name. */
export function unknownEnvironment(
  name: string | undefined,
  names: readonly string[],
  path: Path,
): Fault {
  const message =
    name === undefined ? 'no environment is chosen' : `there is no environment "${name}"`;
  const hint = knownNames('environments', name ?? '', names);
  return { id: 'unknown-environment', message, hint, path };
}

function resolveModel(partOf: string, spec: Spec): Outcome<Model> {
  const faults: Fault[] = [];
  const report: Report = fault => faults.push(fault);
  const namespace = spec.namespace ?? '';
  if (namespace === '') report(missing('namespace', [], 'namespace: shop'));
  const databases = entriesOf('databases', spec.databases).map(entry =>
    resolveDatabase(entry, report),
  );
  const resources = resolveResources(spec, namespace, report);
  const ofResources = resourceSecrets(resources, namespace);
  const madeSecrets = [...databaseSecrets(spec, databases), ...ofResources];
  const { secrets, byName } = resolveSecrets(spec, namespace, madeSecrets, report);
  const stores = resolveStores(spec, namespace, secrets, report);
  const lookup = { report, lookUp: (name: string) => byName.get(name), names: () => byName.keys() };
  const configMaps = resolveConfigMaps(spec, namespace);
  const context = {
    ...lookup,
    configMaps: new Map(configMaps.map(entry => [entry.name, entry])),
    namespace,
    databases: new Map(databases.map(database => [database.name, database])),
  };
  const workloads = entriesOf('workloads', spec.workloads).map(entry =>
    resolveWorkload(entry, spec, context),
  );
  const injected = mapValues(spec.inject ?? {}, (entry, name) =>
    resolveInjection(name, entry, context),
  );
  const inject = { workloads: injected, shapes: spec.shapes ?? {} };
  const pushes = entriesOf('push', spec.push).map(entry => resolvePush(entry, spec, context));
  checkDatabases({ databases, resources, namespace }, spec, lookup);
  const { components = [], omit = [], annotations = {} } = spec;
  const labels = mergedMarks(spec.labels, spec.commonLabels);
  const entries = { stores, databases, secrets, pushes, workloads, configMaps, resources, inject };
  const versions = resolveVersions(spec, report);
  const ofAll = { partOf, namespace, labels, annotations, versions, omit, components };
  return outcome({ ...ofAll, ...entries, madeSecrets }, faults);
}

function resolveInjection(name: string, spec: InjectSpec, context: WorkloadContext) {
  const path = ['inject', name];
  const { target, env = {}, envFrom: sources = [], mounts = {} } = spec;
  if (target === undefined)
    context.report(missing('target', path, 'target: { kind: Deployment, name: web }'));
  const resolved = mapValues(env, (value, variable) => {
    const { value: text, valueFrom } = envVar(variable, value, [...path, 'env', variable], context);
    return isMap(valueFrom) ? { valueFrom } : scalarText(text);
  });
  const entry = { ...spec, target: target ?? { name: '*' }, env: resolved };
  checkEntry(name, entry, path, context.report);
  for (const [index, source] of sources.entries())
    envFrom(wholeSource(source), [...path, 'envFrom', index], context);
  for (const [folder, mount] of Object.entries(mounts)) {
    const at = [...path, 'mounts', folder];
    const { secret, configMap, volume: written } = mount;
    if (written === undefined) volume(mount, at, context);
    else checkSources({ secret, configMap, volume: written }, at, context.report);
  }
  return entry;
}
