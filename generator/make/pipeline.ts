import { andThen, type Fault, type Outcome, ok, outcome } from '../ground/finding.ts';
import type { Validators } from '../ground/schema/schema-check.ts';
import { type BuiltUnit, clusterUnit, environmentUnit } from './built-unit.ts';
import { type ArgocdModel, resolveArgocd } from './model/argocd.ts';
import { type FluxModel, resolveFlux } from './model/flux.ts';
import { type SharedCluster, sharedClusters } from './model/shared-clusters.ts';
import { nothingShared, resolveShared, type Sharing } from './model/sharing.ts';
import { environmentNames, nameFaults, unitNames, unknownEnvironment } from './model/unit-names.ts';
import { IDLE_INJECTIONS, idleInjections, idlePatches } from './objects/idle-entries.ts';
import type { SpecObject } from './spec/spec.ts';

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
