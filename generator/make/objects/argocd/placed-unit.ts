import type { KubeObject } from '../../../ground/kube-object.ts';
import type { ArgocdModel, Destination } from '../../model/argocd.ts';
import type { ComponentObjects } from '../../spec/spec.ts';
import { type AppliedSet, type AppliedUnit, allObjects, unitsIn } from '../applied.ts';

/** Where an Application applies to: a cluster, and the namespace of objects that name none. */
export type UnitPlace = Destination & { readonly namespace: string };

/** A unit in its cluster. */
export interface PlacedUnit extends AppliedUnit, AppliedSet {
  readonly place: UnitPlace;
  /** Its own objects and those of its components. */
  readonly all: readonly KubeObject[];
}

/** Whether a unit is an environment, and not a cluster that several share. */
export function isEnvironment({ namespace }: AppliedUnit): boolean {
  return namespace !== undefined;
}

/** Every unit in its cluster. */
export function placeUnits(
  { clusters }: ArgocdModel,
  units: readonly AppliedUnit[],
  components: ComponentObjects,
): PlacedUnit[] {
  return clusters.flatMap(cluster => {
    const own = unitsIn(cluster.name, cluster.environments, units);
    const namespaces = own.flatMap(unit => unit.namespace ?? []);
    return own.map(unit => {
      // The objects of a shared cluster name their namespaces: any that is allowed will do.
      const namespace = unit.namespace ?? namespaces[0] ?? '';
      return {
        ...unit,
        cluster: cluster.name,
        place: { ...cluster.destination, namespace },
        all: allObjects(unit, components),
      };
    });
  });
}
