import { andThen, type Fault, type Outcome, ok, outcome } from '../core/finding.ts';
import { fieldsWhere } from '../core/json.ts';
import type { BuiltObject } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import type { Validators } from '../core/schema.ts';
import type { Versions } from '../kinds/products.ts';
import {
  environmentNames,
  nameFaults,
  nothingShared,
  resolveEnvironment,
  resolveShared,
  type Sharing,
  unitNames,
  unknownEnvironment,
} from './environment.ts';
import type { Injected } from './inject/patches.ts';
import type { Model } from './model/model.ts';
import { sharedVersions } from './model/operators.ts';
import type { AppliedUnit } from './objects/applied-units.ts';
import { type ArgocdModel, resolveArgocd } from './objects/argocd.ts';
import { buildObjects } from './objects/build-objects.ts';
import { type FluxModel, resolveFlux } from './objects/flux.ts';
import { IDLE_INJECTIONS, idleParts, withDeployerOptions } from './objects/sync.ts';
import { inDocument } from './parse.ts';
import { isClusterStore, type SharedCluster, sharedClusters } from './shared-clusters.ts';
import type { SpecObject } from './spec.ts';

export interface Expansion {
  readonly base: BuiltUnit;
  /** The environments, then the shared clusters, each sorted by name. */
  readonly units: readonly BuiltUnit[];
  /** What Argo CD and Flux are to apply; undefined where the spec has no section for it. */
  readonly argocd: ArgocdModel | undefined;
  readonly flux: FluxModel | undefined;
}

/** A spec → the objects of its base, of every environment and of every shared cluster. */
export function expand(spec: SpecObject, validators: Validators): Outcome<Expansion> {
  const faults = new Set<Fault>(nameFaults(spec));
  const take = <T>(result: Outcome<T>): T[] => {
    for (const fault of result.faults) faults.add(fault);
    return result.value === undefined ? [] : [result.value];
  };
  const { clusters: shared, ofEnvironment, ofCluster } = building(spec, validators);
  const [base] = take(ofEnvironment(undefined));
  const environments = environmentNames(spec).flatMap(name => take(ofEnvironment(name)));
  const clusters = shared.flatMap(cluster => take(ofCluster(cluster)));
  const { argocd, flux } = spec.spec;
  const [toArgocd] = argocd === undefined ? [] : take(resolveArgocd(spec, argocd));
  const [toFlux] = flux === undefined ? [] : take(resolveFlux(spec, flux));
  if (base === undefined) return { faults: [...faults] };
  const units = [...environments, ...clusters.filter(({ objects }) => objects.length > 0)];
  return outcome({ base, units, argocd: toArgocd, flux: toFlux }, [
    ...faults,
    ...idleParts(spec, [base, ...environments, ...clusters]),
    ...environments.flatMap(unit => inDocument(hashFaults(unit, base), spec, unit.name)),
  ]);
}

/** Reports ConfigMaps whose names get a hash in the environment alone, or in the base alone. */
function hashFaults({ objects }: BuiltUnit, base: BuiltUnit): Fault[] {
  const nameOf = ({ path }: BuiltObject): string => path.join('/');
  const before = new Map(base.objects.map(made => [nameOf(made), made]));
  return objects.flatMap(made => {
    const isSame = (before.get(nameOf(made)) ?? made).isHashed === made.isHashed;
    if (made.path[0] !== 'configMaps' || isSame) return [];
    const message = `"hash" of ConfigMap "${made.object.metadata.name}" is another than in the base`;
    const hint = 'Write it in the base, for all environments.';
    return { id: 'hash-differs', message, hint, path: [...made.path, 'hash'] };
  });
}

/** What is applied: the units, or the base of a spec that has no environments. */
export function wholeUnits({ base, units }: Expansion): readonly BuiltUnit[] {
  return units.length > 0 ? units : [base];
}

/** A spec → one environment or shared cluster: the named one, `spec.environment`, or the base where there is none. */
export function expandUnit(
  spec: SpecObject,
  name: string | undefined,
  validators: Validators,
): Outcome<BuiltUnit> {
  return andThen(unitNamed(spec, name, validators), unit => {
    if (unit.injected.entries.every(({ fault }) => fault === undefined)) return ok(unit);
    // An entry that does nothing here may do something in another environment.
    const { faults } = expand(spec, validators);
    const idle = faults.filter(({ id }) => IDLE_INJECTIONS.has(id));
    return outcome(unit, idle);
  });
}

function unitNamed(spec: SpecObject, name: string | undefined, validators: Validators) {
  const faults = nameFaults(spec);
  if (faults.length > 0) return { faults };
  const chosen = name ?? spec.spec.environment;
  const environments = environmentNames(spec);
  const isEnvironment =
    chosen === undefined ? environments.length === 0 : environments.includes(chosen);
  const { clusters, ofEnvironment, ofCluster } = building(spec, validators);
  if (isEnvironment) return ofEnvironment(chosen);
  const cluster = clusters.find(shared => shared.name === chosen);
  if (cluster !== undefined) return ofCluster(cluster);
  const place = name === undefined ? ['spec', 'environment'] : ['spec', 'environments'];
  return { faults: [unknownEnvironment(chosen, unitNames(spec), place)] };
}

/** What is built and applied as one: an environment, a cluster that several share, or the base. */
export interface BuiltUnit extends AppliedUnit {
  /** Its environment, or an environment of its cluster; undefined for the base. */
  readonly environment: string | undefined;
  /** The versions that run in its cluster, as far as the spec names them. */
  readonly versions: Versions;
  readonly injected: Injected;
}

/** How each unit of a spec is built. What a cluster shares is resolved once. */
function building(spec: SpecObject, validators: Validators) {
  const clusters = sharedClusters(spec);
  const sharingOf = oncePer((cluster: SharedCluster) => resolveShared(spec, cluster));
  const ofEnvironment = (environment: string | undefined): Outcome<BuiltUnit> => {
    const cluster = clusters.find(({ environments }) => environments.includes(environment ?? ''));
    return andThen(cluster === undefined ? ok(nothingShared) : sharingOf(cluster), sharing => {
      const resolved = sharing.models.get(environment ?? '');
      const model = resolved === undefined ? resolveEnvironment(spec, environment) : ok(resolved);
      return andThen(model, found => {
        const shared = new Map(sharing.stores.map(store => [store.name, store]));
        const stores = found.stores.map(store =>
          isClusterStore(store) ? (shared.get(store.name) ?? store) : store,
        );
        const unit = { name: environment ?? 'base', environment, model: { ...found, stores } };
        const isOfUnit = ({ object, path: [section, name] }: BuiltObject): boolean =>
          section !== 'stores' ||
          !shared.has(String(name)) ||
          object.metadata.namespace === found.namespace;
        return builtUnit(spec, unit, isOfUnit, validators);
      });
    });
  };
  const ofCluster = (cluster: SharedCluster): Outcome<BuiltUnit> =>
    andThen(sharingOf(cluster), sharing => {
      const taken = new Set([...sharing.models.values()].map(({ namespace }) => namespace));
      const model = clusterModel(spec.metadata.name, sharing);
      const unit = { name: cluster.name, environment: cluster.environments[0], model };
      const isOfUnit = ({ object }: BuiltObject): boolean =>
        !taken.has(object.metadata.namespace ?? '');
      return builtUnit(spec, unit, isOfUnit, validators);
    });
  return { clusters, ofEnvironment, ofCluster };
}

/** The shared stores, with the labels, annotations and omissions that all environments of the cluster have. */
function clusterModel(partOf: string, { stores, models }: Sharing): Model {
  const [first, ...later] = [...models.values()];
  const omit = (first?.omit ?? []).filter(mark => later.every(model => model.omit.includes(mark)));
  const shared = (of: 'labels' | 'annotations') =>
    fieldsWhere(first?.[of] ?? {}, (name, text) => later.every(model => model[of][name] === text));
  return {
    partOf,
    namespace: '',
    labels: shared('labels'),
    annotations: shared('annotations'),
    stores,
    ...{ databases: [], secrets: [], madeSecrets: [], pushes: [], workloads: [], configMaps: [] },
    resources: [],
    versions: sharedVersions(models),
    inject: {},
    omit: [...omit, 'namespace'],
    components: [],
  };
}

function builtUnit(
  spec: SpecObject,
  unit: Pick<BuiltUnit, 'name' | 'environment'> & { readonly model: Model },
  isOfUnit: (made: BuiltObject) => boolean,
  validators: Validators,
): Outcome<BuiltUnit> {
  const { name, environment, model } = unit;
  const { components, namespace, versions } = model;
  const added = components.flatMap(component => spec.spec.componentObjects?.get(component) ?? []);
  const built = buildObjects(model, added, validators);
  if (built.value === undefined) return { faults: inDocument(built.faults, spec, environment) };
  const { objects: all, injected } = built.value;
  const objects = withDeployerOptions(all.filter(isOfUnit), spec.spec);
  const home = namespace === '' ? {} : { namespace };
  return ok({ name, environment, objects, components, versions, injected, ...home });
}
