import type { KubeObject } from '../../../ground/kube-object.ts';
import type { ArgocdModel, Destination } from '../../model/argocd.ts';
import type { ComponentObjects } from '../../spec/spec.ts';
import { type Applied, type AppliedTarget, allObjects, targetsIn } from '../applied.ts';

/** Where an Application applies to: a cluster, and the namespace of objects that name none. */
export type Place = Destination & { readonly namespace: string };

/** A target in its cluster. */
export interface PlacedTarget extends AppliedTarget, Applied {
  readonly place: Place;
  /** Its own objects and those of its components. */
  readonly all: readonly KubeObject[];
}

/** Whether a target is an environment, and not a cluster that several share. */
export function isEnvironment({ namespace }: AppliedTarget): boolean {
  return namespace !== undefined;
}

/** Every target in its cluster. */
export function placeTargets(
  { clusters }: ArgocdModel,
  targets: readonly AppliedTarget[],
  components: ComponentObjects,
): PlacedTarget[] {
  return clusters.flatMap(cluster => {
    const own = targetsIn(cluster.name, cluster.environments, targets);
    const namespaces = own.flatMap(target => target.namespace ?? []);
    return own.map(target => {
      // The objects of a shared cluster name their namespaces: any that is allowed will do.
      const namespace = target.namespace ?? namespaces[0] ?? '';
      return {
        ...target,
        cluster: cluster.name,
        place: { ...cluster.destination, namespace },
        all: allObjects(target, components),
      };
    });
  });
}
