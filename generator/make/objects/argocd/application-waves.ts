import { type BuiltObject, groupOf, refOf } from '../../../ground/kube-object.ts';
import type { Operator } from '../../model/operators.ts';

/** What is applied together, in one cluster. */
export interface Applied {
  readonly name: string;
  readonly cluster: string;
  readonly objects: readonly BuiltObject[];
}

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
  const isAfter = (one: Applied): boolean =>
    neededBy(one, applied).some(
      other => other.name === other.cluster && neededBy(other, applied).length === 0,
    );
  return new Map(applied.map(one => [one.name, first + (isAfter(one) ? 1 : 0)]));
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

/** The others in its cluster that have an object which it needs and has not itself. */
function neededBy(one: Applied, applied: readonly Applied[]): Applied[] {
  const own = new Set(one.objects.map(({ object }) => refOf(object)));
  const missing = new Set(one.objects.flatMap(({ needs }) => needs.filter(ref => !own.has(ref))));
  return applied.filter(
    other =>
      other !== one &&
      other.cluster === one.cluster &&
      other.objects.some(({ object }) => missing.has(refOf(object))),
  );
}
