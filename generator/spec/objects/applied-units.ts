import { type BuiltObject, type KubeObject, refOf } from '../../core/kube-object.ts';
import type { ComponentObjects } from '../spec.ts';

/** What is applied together, in one cluster. */
export interface AppliedSet {
  readonly name: string;
  readonly cluster: string;
  readonly objects: readonly BuiltObject[];
}

/** An environment, or the cluster that several share. */
export interface AppliedUnit {
  readonly name: string;
  readonly objects: readonly BuiltObject[];
  readonly components: readonly string[];
  /** A shared cluster has none. */
  readonly namespace?: string;
}

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

/** The units of a cluster: its environments, and its own where several share it. */
export function unitsIn<T extends AppliedUnit>(
  cluster: string,
  environments: readonly string[],
  units: readonly T[],
): T[] {
  const isShared = environments.length > 1;
  return units.filter(({ name }) => environments.includes(name) || (isShared && name === cluster));
}

/**
 * Finds the shared cluster that must be applied before a unit, because it has objects that the unit needs. There is
 * none if the cluster needs an environment in turn, as a ClusterSecretStore does whose ServiceAccount is in one:
 * neither can be healthy before the other, and retries settle it.
 */
export function clustersBefore(
  applied: readonly AppliedSet[],
): (one: AppliedSet) => readonly AppliedSet[] {
  const neededBy = needsAmong(applied);
  return one =>
    neededBy(one).filter(other => other.name === other.cluster && neededBy(other).length === 0);
}

/** Finds the other units of a unit's cluster that have an object which the unit needs and lacks. */
export function needsAmong(
  applied: readonly AppliedSet[],
): (one: AppliedSet) => readonly AppliedSet[] {
  const owners = new Map<string, AppliedSet[]>();
  for (const one of applied)
    for (const { object } of one.objects) {
      const key = `${one.cluster} ${refOf(object)}`;
      const all = owners.get(key) ?? [];
      all.push(one);
      owners.set(key, all);
    }
  return one => {
    const refs = new Set(one.objects.map(({ object }) => refOf(object)));
    const missing = new Set(
      one.objects.flatMap(({ needs }) => needs.filter(ref => !refs.has(ref))),
    );
    return [...new Set([...missing].flatMap(ref => owners.get(`${one.cluster} ${ref}`) ?? []))];
  };
}
