import { groupBy } from '../../core/json.ts';
import { type BuiltObject, type KubeObject, refOf } from '../../core/kube-object.ts';
import type { Members } from '../shared-clusters.ts';
import type { ComponentObjects } from '../spec.ts';

export interface AppliedUnit {
  readonly name: string;
  readonly objects: readonly BuiltObject[];
  readonly components: readonly string[];
  /** A shared cluster has none. */
  readonly namespace?: string;
}

export type PlacedUnit = AppliedUnit & {
  readonly cluster: string;
  readonly all: readonly KubeObject[];
};

type UnitsOf = (unit: PlacedUnit) => readonly PlacedUnit[];

/** The labels that all generated objects have; `name` is metadata.name of the spec. */
export function generatedLabels(name: string): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/managed-by': 'rem-secrets', 'app.kubernetes.io/part-of': name };
}

/** The objects of a unit, with what its components add. */
export function allObjects(
  { objects, components: names }: Pick<AppliedUnit, 'components' | 'objects'>,
  components: ComponentObjects,
): KubeObject[] {
  const added = names.flatMap(name => components.get(name) ?? []);
  return [...objects.map(({ object }) => object), ...added];
}

/** The units of each cluster: its environments, and its own where several share it. */
export function placedUnits(
  clusters: Members,
  units: readonly AppliedUnit[],
  components: ComponentObjects,
): PlacedUnit[] {
  return [...clusters].flatMap(([cluster, environments]) =>
    units
      .filter(
        ({ name }) => environments.includes(name) || (environments.length > 1 && name === cluster),
      )
      .map(unit => ({ ...unit, cluster, all: allObjects(unit, components) })),
  );
}

/**
 * Finds the shared cluster that must be applied before a unit, because it has objects that the unit needs. There is
 * none if the cluster needs an environment in turn, as a ClusterSecretStore does whose ServiceAccount is in one:
 * neither can be healthy before the other, and retries settle it.
 */
export function clustersBefore(applied: readonly PlacedUnit[]): UnitsOf {
  const neededBy = needsAmong(applied);
  return unit =>
    neededBy(unit).filter(need => need.name === need.cluster && neededBy(need).length === 0);
}

/** Finds the other units of a unit's cluster that have an object which the unit needs and lacks. */
export function needsAmong(applied: readonly PlacedUnit[]): UnitsOf {
  const made = applied.flatMap(unit => unit.objects.map(({ object }) => ({ unit, object })));
  const makers = groupBy(made, ({ unit, object }) => `${unit.cluster} ${refOf(object)}`);
  return ({ objects, cluster }) => {
    const refs = new Set(objects.map(({ object }) => refOf(object)));
    const missing = new Set(objects.flatMap(({ needs }) => needs.filter(ref => !refs.has(ref))));
    const needed = [...missing].flatMap(ref => makers.get(`${cluster} ${ref}`) ?? []);
    return [...new Set(needed.map(({ unit }) => unit))];
  };
}
