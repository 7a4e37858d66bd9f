import { groupOf, refOf } from '../../../ground/kube-object.ts';
import type { Operator } from '../../model/operators.ts';
import { type Applied, isEnvironment, type PlacedTarget } from './placed-target.ts';

/**
 * The sync waves of Applications, by name: environments come after the objects of a shared cluster
 * that they need. Not when those need an environment in turn, as a ClusterSecretStore does that
 * reads with the ServiceAccount in one: neither is healthy before the other, and retry settles it.
 * So nothing ever waits for an environment.
 */
export function applicationWaves(
  applied: readonly Applied[],
  operators: readonly Operator[],
): ReadonlyMap<string, number> {
  const first = firstWave(applied, operators);
  const neededBy = needsAmong(applied);
  const isAfter = (one: Applied): boolean =>
    neededBy(one).some(other => isOwnCluster(other) && neededBy(other).length === 0);
  return new Map(applied.map(one => [one.name, first + (isAfter(one) ? 1 : 0)]));
}

/**
 * The wave of the ApplicationSet that makes all environments: that of the last of them, but not
 * after a cluster that needs one of them, because it would wait for what is yet to be made.
 */
export function environmentsWave(
  applied: readonly PlacedTarget[],
  operators: readonly Operator[],
): number {
  const neededBy = needsAmong(applied);
  const clusters = applied.filter(one => !isEnvironment(one));
  if (clusters.some(one => neededBy(one).length > 0)) return firstWave(applied, operators);
  return Math.max(0, ...new Set(applicationWaves(applied, operators).values()));
}

function isOwnCluster({ name, cluster }: Applied): boolean {
  return name === cluster;
}

/** The wave of targets that need no other: after the operators that any of them needs. */
export function firstWave(applied: readonly Applied[], operators: readonly Operator[]): number {
  return operators.some(operator => isNeeded(operator, applied)) ? 1 : 0;
}

/** Whether objects are of a kind whose CRD the operator installs. */
export function isNeeded({ groups }: Operator, applied: readonly Applied[]): boolean {
  return applied.some(({ objects }) =>
    objects.some(({ object }) => groups.includes(groupOf(object))),
  );
}

/** Looks for the others in a target's cluster that have an object which it needs and has not itself. */
function needsAmong(applied: readonly Applied[]): (one: Applied) => readonly Applied[] {
  const owners = new Map<string, Applied[]>();
  for (const one of applied)
    for (const { object } of one.objects) {
      const key = `${one.cluster} ${refOf(object)}`;
      const known = owners.get(key);
      if (known === undefined) owners.set(key, [one]);
      else known.push(one);
    }
  return one => {
    const own = new Set(one.objects.map(({ object }) => refOf(object)));
    const missing = new Set(one.objects.flatMap(({ needs }) => needs.filter(ref => !own.has(ref))));
    return [...new Set([...missing].flatMap(ref => owners.get(`${one.cluster} ${ref}`) ?? []))];
  };
}
