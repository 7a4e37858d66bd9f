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
import { type Injected, nothingInjected } from './inject/patches.ts';
import { sharedVersions } from './model/operators.ts';
import { type ArgocdModel, resolveArgocd } from './objects/argocd.ts';
import { buildObjects, buildStores } from './objects/build-objects.ts';
import { type FluxModel, resolveFlux } from './objects/flux.ts';
import {
  IDLE_INJECTIONS,
  idleInjections,
  idlePatches,
  withDeployerOptions,
} from './objects/sync.ts';
import { inDocument } from './parse.ts';
import { type SharedCluster, sharedClusters } from './shared-clusters.ts';
import type { SpecObject } from './spec.ts';

/** The objects of a spec, and what Argo CD and Flux are to apply. */
export interface Expansion extends Deployers {
  /** The objects without any environment's changes. */
  readonly base: BuiltUnit;
  /** The environments, then the shared clusters, each sorted by name. */
  readonly units: readonly BuiltUnit[];
}

/**
 * A spec → the objects of its base, of every environment and of every shared cluster. What of the spec does nothing
 * is known only after all of them are built.
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
  faults.push(...environments.flatMap(unit => inDocument(hashFaults(unit, base), spec, unit.name)));
  const units = [...environments, ...clusters.filter(({ objects }) => objects.length > 0)];
  return outcome({ base, units, ...deployers }, faults);
}

/** Reports ConfigMaps whose names get a hash in the environment alone, or in the base alone. */
function hashFaults({ objects }: BuiltUnit, base: BuiltUnit): Fault[] {
  const nameOf = ({ path }: BuiltObject): string => path.join('/');
  const before = new Map(base.objects.map(made => [nameOf(made), made]));
  return objects.flatMap(made => {
    const isSame = (before.get(nameOf(made)) ?? made).isHashed === made.isHashed;
    if (made.path[0] !== 'configMaps' || isSame) return [];
    return [
      {
        id: 'hash-differs',
        message: `"hash" of ConfigMap "${made.object.metadata.name}" is another than in the base`,
        hint: 'Write it in the base, for all environments.',
        path: [...made.path, 'hash'],
      },
    ];
  });
}

/** What an environment shares with others; undefined: that has a fault. */
function sharingOf(
  environment: string,
  shares: readonly { readonly cluster: SharedCluster; readonly sharing: Sharing | undefined }[],
): Sharing | undefined {
  const share = shares.find(({ cluster }) => cluster.environments.includes(environment));
  return share === undefined ? nothingShared : share.sharing;
}

/** What is applied: the units, or the base of a spec that has no environments. */
export function wholeUnits({ base, units }: Expansion): readonly BuiltUnit[] {
  return units.length > 0 ? units : [base];
}

/**
 * A spec → the objects of one environment or shared cluster. Without a name it is `spec.environment`, or else the base
 * of a spec that has no environments.
 */
export function expandUnit(
  spec: SpecObject,
  name: string | undefined,
  validators: Validators,
): Outcome<BuiltUnit> {
  return andThen(unitNamed(spec, name, validators), unit => {
    if (unit.injected.entries.every(({ fault }) => fault === undefined)) return ok(unit);
    // An entry that does nothing here may do something in another environment.
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
    const shared = clusters.find(({ environments: members }) => members.includes(wanted));
    const sharing = shared === undefined ? ok(nothingShared) : resolveShared(spec, shared);
    return andThen(sharing, value => environmentUnit(spec, wanted, value, validators));
  }
  const cluster = clusters.find(candidate => candidate.name === wanted);
  if (cluster !== undefined)
    return andThen(resolveShared(spec, cluster), sharing =>
      clusterUnit(spec, cluster, sharing, validators),
    );
  const place = name === undefined ? ['spec', 'environment'] : ['spec', 'environments'];
  return { faults: [unknownEnvironment(wanted, unitNames(spec), place)] };
}

/** What Argo CD and Flux are to apply; undefined where the spec has no section for it. */
interface Deployers {
  readonly argocd?: ArgocdModel | undefined;
  readonly flux?: FluxModel | undefined;
}

function resolveDeployers(document: SpecObject): Outcome<Deployers> {
  const { spec } = document;
  const argocd = spec.argocd && resolveArgocd(document, spec.argocd);
  const flux = spec.flux && resolveFlux(document, spec.flux);
  const faults = [...(argocd?.faults ?? []), ...(flux?.faults ?? [])];
  return outcome({ argocd: argocd?.value, flux: flux?.value }, faults);
}

/** What is built and applied as one: an environment, a cluster that several share, or the base. */
export interface BuiltUnit {
  readonly name: string;
  /** Its environment, or an environment of its cluster; undefined for the base. */
  readonly environment: string | undefined;
  readonly objects: readonly BuiltObject[];
  readonly components: readonly string[];
  /** The versions that run in its cluster, as far as the spec names them. */
  readonly versions: Versions;
  /** What came of the entries of `inject`. */
  readonly injected: Injected;
  /** The namespace of the environment; a shared cluster has none. */
  readonly namespace?: string;
}

/** The objects of an environment or the base, without ClusterSecretStores that belong to a shared cluster. */
function environmentUnit(
  spec: SpecObject,
  environment: string | undefined,
  sharing: Sharing,
  validators: Validators,
): Outcome<BuiltUnit> {
  const resolved = sharing.models.get(environment ?? '');
  const model = resolved === undefined ? resolveEnvironment(spec, environment) : ok(resolved);
  return andThen(model, value => {
    const { components, namespace, versions } = value;
    const added = components.flatMap(name => spec.spec.componentObjects?.get(name) ?? []);
    const built = buildObjects(withShared(value, sharing), added, validators);
    if (built.value === undefined) return { faults: inDocument(built.faults, spec, environment) };
    const { objects, injected } = built.value;
    const isOfUnit = ({ object, path }: BuiltObject): boolean =>
      !isOfStore(path, sharing) || object.metadata.namespace === namespace;
    return ok({
      name: environment ?? 'base',
      environment,
      objects: withDeployerOptions(objects.filter(isOfUnit), spec.spec),
      components,
      versions,
      injected,
      namespace,
    });
  });
}

/** The objects of a shared cluster: those of its stores that are in no environment's namespace. */
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

/** What decides on the labels and sync waves of a cluster's objects: an omission, a label and an annotation count if all environments have it. */
function marksOf(spec: SpecObject, models: Sharing['models']) {
  const [first, ...others] = [...models.values()];
  const omit = (first?.omit ?? []).filter(mark => others.every(other => other.omit.includes(mark)));
  const shared = (of: 'labels' | 'annotations') =>
    Object.fromEntries(
      Object.entries(first?.[of] ?? {}).filter(([name, value]) =>
        others.every(other => other[of][name] === value),
      ),
    );
  return {
    partOf: spec.metadata.name,
    omit,
    versions: sharedVersions(models),
    labels: shared('labels'),
    annotations: shared('annotations'),
  };
}
