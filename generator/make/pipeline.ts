import { andThen, type Fault, type Outcome, ok, outcome, type Path } from '../ground/finding.ts';
import type { BuiltObject } from '../ground/kube-object.ts';
import type { Validators } from '../ground/schema/schema-check.ts';
import type { Versions } from '../kinds/products.ts';
import { type ArgocdModel, resolveArgocd } from './model/argocd.ts';
import { type FluxModel, resolveFlux } from './model/flux.ts';
import type { Model, StoreModel } from './model/model.ts';
import { resolveModel } from './model/resolve-model.ts';
import {
  isClusterStore,
  type SharedCluster,
  sharedClusters,
  sharedStores,
} from './model/shared-clusters.ts';
import { checkVersions, sharedVersions } from './model/shared-versions.ts';
import {
  environmentNames,
  nameFaults,
  targetNames,
  unknownEnvironment,
} from './model/target-names.ts';
import { asOverrides } from './model/unknown-override.ts';
import { buildObjects, buildStores } from './objects/build-objects.ts';
import { withFluxOptions } from './objects/flux-options.ts';
import { IDLE_INJECTIONS, idleInjections } from './objects/idle-injections.ts';
import { idlePatches } from './objects/idle-patches.ts';
import type { ComponentPatch, InjectedEntry } from './objects/injections.ts';
import { withSyncOptions } from './objects/sync-options.ts';
import { mergeEnvironment } from './spec/merge-environment.ts';
import { inDocument } from './spec/source-path.ts';
import type { Omission, SpecObject } from './spec/spec.ts';

/** What is built and applied as one: an environment, or the cluster that several share. */
export interface Target {
  readonly name: string;
  readonly objects: readonly BuiltObject[];
  readonly components: readonly string[];
  /** The versions that run where it is applied, as far as the spec tells. */
  readonly versions: Versions;
  /** What is injected into workloads of its components. */
  readonly patches: readonly ComponentPatch[];
  /** What came of each entry of `inject`. */
  readonly injected: readonly InjectedEntry[];
  /** Where its objects are that belong to no other team; a shared cluster has none. */
  readonly namespace?: string;
}

/** Everything a spec means. */
export interface Expansion {
  /** The objects without any environment's changes. */
  readonly base: Target;
  /** The environments, then the shared clusters, each sorted by name. */
  readonly targets: readonly Target[];
  /** How Argo CD applies them, if it is to. */
  readonly argocd?: ArgocdModel;
  /** How Flux applies them, if it is to. */
  readonly flux?: FluxModel;
}

/** A spec → the objects of its base, of every environment and of every shared cluster. */
export function expand(spec: SpecObject, validators: Validators): Outcome<Expansion> {
  const faults: Fault[] = [...nameFaults(spec)];
  const take = <T>(result: Outcome<T>): T[] => {
    faults.push(...result.faults);
    return result.value === undefined ? [] : [result.value];
  };
  const [base] = take(environmentTarget(spec, undefined, nothingShared, validators));
  const shares = sharedClusters(spec).map(cluster => {
    const [sharing] = take(resolveShared(spec, cluster));
    return { cluster, sharing };
  });
  const sharingOf = new Map(
    shares.flatMap(({ cluster, sharing }) => cluster.environments.map(name => [name, sharing])),
  );
  const environments = environmentNames(spec).flatMap(name => {
    const sharing = sharingOf.has(name) ? sharingOf.get(name) : nothingShared;
    return sharing === undefined ? [] : take(environmentTarget(spec, name, sharing, validators));
  });
  const clusters = shares.flatMap(({ cluster, sharing }) =>
    sharing === undefined ? [] : take(clusterTarget(spec, cluster, sharing, validators)),
  );
  const [argocd] =
    spec.spec.argocd === undefined ? [] : take(resolveArgocd(spec, spec.spec.argocd));
  const [flux] = spec.spec.flux === undefined ? [] : take(resolveFlux(spec, spec.spec.flux));
  if (base === undefined) return { faults };
  const built = builtOf(spec, base, [...environments, ...clusters]);
  faults.push(...idlePatches(spec, built), ...idleInjections(spec, built));
  const shared = clusters.filter(({ objects }) => objects.length > 0);
  const targets = [...environments, ...shared];
  const deployers = {
    ...(argocd !== undefined && { argocd }),
    ...(flux !== undefined && { flux }),
  };
  return outcome({ base, targets, ...deployers }, faults);
}

/** What was built, each with an environment that it is of. */
function builtOf(
  spec: SpecObject,
  base: Target,
  targets: readonly Target[],
): (Pick<Target, 'objects' | 'injected'> & { readonly environment: string | undefined })[] {
  const clusters = new Map(sharedClusters(spec).map(one => [one.name, one.environments[0]]));
  const others = targets.map(({ name, objects, injected }) => ({
    environment: clusters.get(name) ?? name,
    objects,
    injected,
  }));
  return [{ ...base, environment: undefined }, ...others];
}

/** What is applied: the targets, or the base of a spec that has no environments. */
export function wholeTargets({ base, targets }: Expansion): readonly Target[] {
  return targets.length > 0 ? targets : [base];
}

/**
 * A spec → the objects of one target alone: an environment or shared cluster by name, or without
 * a name `spec.environment`, or without that the base of a spec that has no environments.
 */
export function expandTarget(
  spec: SpecObject,
  name: string | undefined,
  validators: Validators,
): Outcome<Target> {
  return andThen(targetNamed(spec, name, validators), target => {
    if (target.injected.every(({ fault }) => fault === undefined)) return ok(target);
    // What is for nothing here may be for something in another environment.
    const { faults } = expand(spec, validators);
    return outcome(
      target,
      faults.filter(({ id }) => IDLE_INJECTIONS.has(id)),
    );
  });
}

function targetNamed(
  spec: SpecObject,
  name: string | undefined,
  validators: Validators,
): Outcome<Target> {
  const faults = nameFaults(spec);
  if (faults.length > 0) return { faults };
  const wanted = name ?? spec.spec.environment;
  const environments = environmentNames(spec);
  if (wanted === undefined && environments.length === 0)
    return environmentTarget(spec, undefined, nothingShared, validators);
  const clusters = sharedClusters(spec);
  if (wanted !== undefined && environments.includes(wanted)) {
    const own = clusters.find(cluster => cluster.environments.includes(wanted));
    return andThen(own === undefined ? ok(nothingShared) : resolveShared(spec, own), sharing =>
      environmentTarget(spec, wanted, sharing, validators),
    );
  }
  const cluster = clusters.find(candidate => candidate.name === wanted);
  if (cluster !== undefined)
    return andThen(resolveShared(spec, cluster), sharing =>
      clusterTarget(spec, cluster, sharing, validators),
    );
  const place = name === undefined ? ['spec', 'environment'] : ['spec', 'environments'];
  return { faults: [unknownEnvironment(wanted, targetNames(spec), place)] };
}

function resolve(spec: SpecObject, environment: string | undefined): Outcome<Model> {
  const model = resolveModel(spec.metadata.name, mergeEnvironment(spec, environment));
  if (model.value !== undefined) return model;
  return { faults: inDocument(asOverrides(model.faults, spec, environment), spec, environment) };
}

/** An environment's objects; a cluster that it shares has its ClusterSecretStores. */
function environmentTarget(
  spec: SpecObject,
  environment: string | undefined,
  shared: Sharing,
  validators: Validators,
): Outcome<Target> {
  const known = shared.models.get(environment ?? '');
  return andThen(known === undefined ? resolve(spec, environment) : ok(known), model => {
    const added = model.components.flatMap(one => spec.spec.componentObjects?.get(one) ?? []);
    const own = { ...model, stores: withShared(model, shared) };
    const built = buildObjects(own, added, validators);
    if (built.value === undefined) return { faults: inDocument(built.faults, spec, environment) };
    const { patches, injected } = built.value;
    const objects = built.value.objects.filter(
      ({ object, path }) =>
        !isOfStore(path, shared) || object.metadata.namespace === model.namespace,
    );
    const name = environment ?? 'base';
    return ok({
      name,
      objects: forDeployers(objects, spec),
      components: model.components,
      versions: model.versions,
      patches,
      injected,
      namespace: model.namespace,
    });
  });
}

/** Objects as those who apply them are to treat them. */
function forDeployers(
  objects: readonly BuiltObject[],
  { spec: { argocd, flux } }: SpecObject,
): readonly BuiltObject[] {
  return withSyncOptions(withFluxOptions(objects, flux !== undefined), argocd);
}

/** What a cluster has of its own: its stores, but not their objects in an environment's namespace. */
function clusterTarget(
  spec: SpecObject,
  cluster: SharedCluster,
  { stores, models }: Sharing,
  validators: Validators,
): Outcome<Target> {
  const namespaces = new Set([...models.values()].map(({ namespace }) => namespace));
  const marks = marksOf(spec, models);
  const built = buildStores(marks, stores, validators);
  if (built.value === undefined)
    return { faults: inDocument(built.faults, spec, cluster.environments[0]) };
  const objects = built.value.filter(
    ({ object }) => !namespaces.has(object.metadata.namespace ?? ''),
  );
  return ok({
    name: cluster.name,
    objects: forDeployers(objects, spec),
    components: [],
    versions: marks.versions,
    patches: [],
    injected: [],
  });
}

/** What the environments of a cluster share. */
interface Sharing {
  readonly stores: readonly StoreModel[];
  /** What each environment of the cluster means. */
  readonly models: ReadonlyMap<string, Model>;
}

const nothingShared: Sharing = { stores: [], models: new Map() };

function resolveShared(spec: SpecObject, cluster: SharedCluster): Outcome<Sharing> {
  const faults: Fault[] = [];
  const models = new Map<string, Model>();
  for (const environment of cluster.environments) {
    const model = resolve(spec, environment);
    if (model.value === undefined) faults.push(...model.faults);
    else models.set(environment, model.value);
  }
  const report = (environment: string, fault: Fault): void => {
    faults.push(...inDocument([fault], spec, environment));
  };
  checkVersions(cluster, models, report);
  const stores = sharedStores(cluster, models, report);
  return outcome({ stores, models }, faults);
}

/** What the objects of a cluster are given: what all its environments' are. */
function marksOf(
  spec: SpecObject,
  models: Sharing['models'],
): Pick<Model, 'omit' | 'partOf' | 'versions'> {
  const [first, ...others] = [...models.values()];
  const isOfAll = (mark: Omission): boolean => others.every(({ omit }) => omit.includes(mark));
  const omit = (first?.omit ?? []).filter(isOfAll);
  return { partOf: spec.metadata.name, omit, versions: sharedVersions(models) };
}

/** A model's stores, with what all environments of the cluster read through those they share. */
function withShared({ stores }: Model, sharing: Sharing): StoreModel[] {
  const shared = new Map(sharing.stores.map(store => [store.name, store]));
  return stores.map(store => (isClusterStore(store) ? (shared.get(store.name) ?? store) : store));
}

/** Whether an object comes from a store that the cluster's environments share. */
function isOfStore([kind, name]: Path, { stores }: Sharing): boolean {
  return kind === 'stores' && stores.some(store => store.name === name);
}
