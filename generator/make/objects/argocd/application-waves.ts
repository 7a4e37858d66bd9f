import { groupOf } from '../../../ground/kube-object.ts';
import type { Operator } from '../../model/operators.ts';
import { type AppliedSet, clustersBefore, needsAmong } from '../applied.ts';
import { isEnvironment, type PlacedUnit } from './placed-unit.ts';

/**
 * The sync waves of Applications, by name: environments come after the objects of a shared cluster
 * that they need, and nothing ever waits for an environment.
 */
export function applicationWaves(
  applied: readonly AppliedSet[],
  operators: readonly Operator[],
): ReadonlyMap<string, number> {
  const first = firstWave(applied, operators);
  const before = clustersBefore(applied);
  return new Map(applied.map(one => [one.name, first + (before(one).length > 0 ? 1 : 0)]));
}

/**
 * The wave of the ApplicationSet that makes all environments: that of the last of them, but not
 * after a cluster that needs one of them, because it would wait for what is yet to be made.
 */
export function environmentsWave(
  applied: readonly PlacedUnit[],
  operators: readonly Operator[],
): number {
  const neededBy = needsAmong(applied);
  const clusters = applied.filter(one => !isEnvironment(one));
  if (clusters.some(one => neededBy(one).length > 0)) return firstWave(applied, operators);
  return Math.max(0, ...new Set(applicationWaves(applied, operators).values()));
}

/** The wave of units that need no other: after the operators that any of them needs. */
export function firstWave(applied: readonly AppliedSet[], operators: readonly Operator[]): number {
  return operators.some(operator => isNeeded(operator, applied)) ? 1 : 0;
}

/** Whether objects are of a kind whose CRD the operator installs. */
export function isNeeded({ groups }: Operator, applied: readonly AppliedSet[]): boolean {
  return applied.some(({ objects }) =>
    objects.some(({ object }) => groups.includes(groupOf(object))),
  );
}
