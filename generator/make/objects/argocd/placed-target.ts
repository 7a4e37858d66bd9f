import type { BuiltObject, KubeObject } from '../../../ground/kube-object.ts';
import type { ArgocdCluster, ArgocdModel, Destination } from '../../model/argocd.ts';
import type { ComponentObjects } from '../../spec/spec.ts';

/** What is applied together, in one cluster. */
export interface Applied {
  readonly name: string;
  readonly cluster: string;
  readonly objects: readonly BuiltObject[];
}

/** An environment, or the cluster that several share. */
export interface ArgocdTarget {
  readonly name: string;
  readonly objects: readonly BuiltObject[];
  readonly components: readonly string[];
  /** A shared cluster has none. */
  readonly namespace?: string;
}

/** Where an Application applies to: a cluster, and the namespace of objects that name none. */
export type Place = Destination & { readonly namespace: string };

/** A target in its cluster. */
export interface PlacedTarget extends ArgocdTarget, Applied {
  readonly place: Place;
  /** Its own objects and those of its components. */
  readonly all: readonly KubeObject[];
}

/** Whether a target is an environment, and not a cluster that several share. */
export function isEnvironment({ namespace }: ArgocdTarget): boolean {
  return namespace !== undefined;
}

/** Every target in its cluster. */
export function placeTargets(
  { clusters }: ArgocdModel,
  targets: readonly ArgocdTarget[],
  components: ComponentObjects,
): PlacedTarget[] {
  return clusters.flatMap(cluster => {
    const own = targetsIn(cluster, targets);
    const namespaces = own.flatMap(target => target.namespace ?? []);
    return own.map(target => {
      const added = target.components.flatMap(name => components.get(name) ?? []);
      // The objects of a shared cluster name their namespaces: any that is allowed will do.
      const namespace = target.namespace ?? namespaces[0] ?? '';
      return {
        ...target,
        cluster: cluster.name,
        place: { ...cluster.destination, namespace },
        all: [...objectsOf(target), ...added],
      };
    });
  });
}

function targetsIn(
  { name: cluster, environments }: ArgocdCluster,
  targets: readonly ArgocdTarget[],
): ArgocdTarget[] {
  const isShared = environments.length > 1;
  return targets.filter(
    ({ name }) => environments.includes(name) || (isShared && name === cluster),
  );
}

function objectsOf({ objects }: ArgocdTarget): KubeObject[] {
  return objects.map(({ object }) => object);
}
