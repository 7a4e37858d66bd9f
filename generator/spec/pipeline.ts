import { andThen, type Fault, type Outcome, ok, outcome } from '../core/finding.ts';
import type { BuiltObject } from '../core/kube-object.ts';
import type { Validators } from '../core/schema.ts';
import type { Versions } from '../kinds/products.ts';
import {
  environmentNames,
  isOfStore,
  nameFaults,
  nothingShared,
  resolveEnvironment,
  resolveShared,
  type Sharing,
  unitNames,
  unknownEnvironment,
  withShared,
} from './environment.ts';
import { type ArgocdModel, resolveArgocd } from './model/argocd.ts';
import { type FluxModel, resolveFlux } from './model/flux.ts';
import type { Model } from './model/model.ts';
import { sharedVersions } from './model/operators.ts';
import { buildObjects, buildStores } from './objects/build-objects.ts';
import { type Injected, nothingInjected } from './objects/injections.ts';
import {
  IDLE_INJECTIONS,
  idleInjections,
  idlePatches,
  withDeployerOptions,
} from './objects/sync.ts';
import { inDocument } from './parse.ts';
import { type SharedCluster, sharedClusters } from './shared-clusters.ts';
import type { Omission, SpecObject } from './spec.ts';

/** Everything a spec means, and how those who apply it are to. */
export interface Expansion extends Deployers {
  /** The objects without any environment's changes. */
  readonly base: BuiltUnit;
  /** The environments, then the shared clusters, each sorted by name. */
  readonly units: readonly BuiltUnit[];
}

/**
 * A spec → the objects of its base, of every environment and of every shared cluster. Each goes from the spec to its
 * model (`model/sharing.ts`) and from that to its objects (`built-unit.ts`); only then is it known what of the spec is
 * for nothing in any of them.
 */
export function expand(spec: SpecObject, validators: Validators): Outcome<Expansion> {
  const faults: Fault[] = [...nameFaults(spec)];
  const take = <T>(result: Outcome<T>): T[] => {
    faults.push(...result.faults);
    return result.value === undefined ? [] : [result.value];
  };
  const [base] = take(environmentUnit(spec, undefined, nothingShared, validators));
  const shares = sharedClusters(spec).map(cluster => ({
    cluster,
    sharing: take(resolveShared(spec, cluster))[0],
  }));
  const environments = environmentNames(spec).flatMap(name => {
    const sharing = sharingOf(name, shares);
    return sharing === undefined ? [] : take(environmentUnit(spec, name, sharing, validators));
  });
  const clusters = shares.flatMap(({ cluster, sharing }) =>
    sharing === undefined ? [] : take(clusterUnit(spec, cluster, sharing, validators)),
  );
  const [deployers] = take(resolveDeployers(spec));
  if (base === undefined) return { faults };
  const built = [base, ...environments, ...clusters];
  faults.push(...idlePatches(spec, built), ...idleInjections(spec, built));
  const units = [...environments, ...clusters.filter(({ objects }) => objects.length > 0)];
  return outcome({ base, units, ...deployers }, faults);
}

/** What an environment shares; undefined where that has a fault. */
function sharingOf(
  environment: string,
  shares: readonly { readonly cluster: SharedCluster; readonly sharing: Sharing | undefined }[],
): Sharing | undefined {
  const own = shares.find(({ cluster }) => cluster.environments.includes(environment));
  return own === undefined ? nothingShared : own.sharing;
}

/** What is applied: the units, or the base of a spec that has no environments. */
export function wholeUnits({ base, units }: Expansion): readonly BuiltUnit[] {
  return units.length > 0 ? units : [base];
}

/**
 * A spec → the objects of one unit alone: an environment or shared cluster by name, or without
 * a name `spec.environment`, or without that the base of a spec that has no environments.
 */
export function expandUnit(
  spec: SpecObject,
  name: string | undefined,
  validators: Validators,
): Outcome<BuiltUnit> {
  return andThen(unitNamed(spec, name, validators), unit => {
    if (unit.injected.entries.every(({ fault }) => fault === undefined)) return ok(unit);
    // What is for nothing here may be for something in another environment.
    const { faults } = expand(spec, validators);
    return outcome(
      unit,
      faults.filter(({ id }) => IDLE_INJECTIONS.has(id)),
    );
  });
}

function unitNamed(
  spec: SpecObject,
  name: string | undefined,
  validators: Validators,
): Outcome<BuiltUnit> {
  const faults = nameFaults(spec);
  if (faults.length > 0) return { faults };
  const wanted = name ?? spec.spec.environment;
  const environments = environmentNames(spec);
  if (wanted === undefined && environments.length === 0)
    return environmentUnit(spec, undefined, nothingShared, validators);
  const clusters = sharedClusters(spec);
  if (wanted !== undefined && environments.includes(wanted)) {
    const own = clusters.find(cluster => cluster.environments.includes(wanted));
    return andThen(own === undefined ? ok(nothingShared) : resolveShared(spec, own), sharing =>
      environmentUnit(spec, wanted, sharing, validators),
    );
  }
  const cluster = clusters.find(candidate => candidate.name === wanted);
  if (cluster !== undefined)
    return andThen(resolveShared(spec, cluster), sharing =>
      clusterUnit(spec, cluster, sharing, validators),
    );
  const place = name === undefined ? ['spec', 'environment'] : ['spec', 'environments'];
  return { faults: [unknownEnvironment(wanted, unitNames(spec), place)] };
}

/** Who applies the tree, and how; undefined where the spec has no section for it. */
interface Deployers {
  readonly argocd?: ArgocdModel | undefined;
  readonly flux?: FluxModel | undefined;
}

/** The spec's `argocd` and `flux` sections → what they mean. */
function resolveDeployers(document: SpecObject): Outcome<Deployers> {
  const { argocd, flux } = document.spec;
  const forArgocd = argocd && resolveArgocd(document, argocd);
  const forFlux = flux && resolveFlux(document, flux);
  return outcome({ argocd: forArgocd?.value, flux: forFlux?.value }, [
    ...(forArgocd?.faults ?? []),
    ...(forFlux?.faults ?? []),
  ]);
}

/** What is built and applied as one: an environment, or the cluster that several share. */
export interface BuiltUnit {
  readonly name: string;
  /** An environment that it is of, as the spec calls it; the base is of none. */
  readonly environment: string | undefined;
  readonly objects: readonly BuiltObject[];
  readonly components: readonly string[];
  /** The versions that run where it is applied, as far as the spec tells. */
  readonly versions: Versions;
  /** What came of the entries of `inject`. */
  readonly injected: Injected;
  /** Where its objects are that belong to no other team; a shared cluster has none. */
  readonly namespace?: string;
}

/** An environment's objects, or without one those of the base; a cluster that it shares has its ClusterSecretStores. */
function environmentUnit(
  spec: SpecObject,
  environment: string | undefined,
  sharing: Sharing,
  validators: Validators,
): Outcome<BuiltUnit> {
  const known = sharing.models.get(environment ?? '');
  const model = known === undefined ? resolveEnvironment(spec, environment) : ok(known);
  return andThen(model, own => {
    const { components, namespace, versions } = own;
    const added = components.flatMap(one => spec.spec.componentObjects?.get(one) ?? []);
    const built = buildObjects(withShared(own, sharing), added, validators);
    if (built.value === undefined) return { faults: inDocument(built.faults, spec, environment) };
    const { objects, injected } = built.value;
    const isOwn = ({ object, path }: BuiltObject): boolean =>
      !isOfStore(path, sharing) || object.metadata.namespace === namespace;
    return ok({
      name: environment ?? 'base',
      environment,
      objects: withDeployerOptions(objects.filter(isOwn), spec.spec),
      components,
      versions,
      injected,
      namespace,
    });
  });
}

/** What a cluster has of its own: its stores, but not their objects in an environment's namespace. */
function clusterUnit(
  spec: SpecObject,
  { name, environments: [environment] }: SharedCluster,
  { stores, models }: Sharing,
  validators: Validators,
): Outcome<BuiltUnit> {
  const namespaces = new Set([...models.values()].map(({ namespace }) => namespace));
  const marks = marksOf(spec, models);
  const built = buildStores(marks, stores, validators);
  if (built.value === undefined) return { faults: inDocument(built.faults, spec, environment) };
  const objects = built.value.filter(
    ({ object }) => !namespaces.has(object.metadata.namespace ?? ''),
  );
  return ok({
    name,
    environment,
    objects: withDeployerOptions(objects, spec.spec),
    components: [],
    versions: marks.versions,
    injected: nothingInjected,
  });
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
