import { objectIdentity } from '../../../graph/graph-of.ts';
import type { SecretGraph } from '../../../graph/secret-graph.ts';
import { persistentVolumeClaim } from '../../../kinds/core/persistent-volume-claim.ts';
import { isKeptByHelm } from '../../../kinds/helm/resource-policy.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import { claimVolumes } from '../../../kinds/pod-volumes.ts';
import { type Comparison, removedOf } from '../../changes/comparison.ts';
import type { Placed } from '../places.ts';
import { isTemplate } from './templates.ts';

/** A PersistentVolumeClaim that base has and head has not. */
export interface LostClaim {
  readonly claim: PlacedObject;
  /** What it likely is called on head. */
  readonly becomes?: PlacedObject;
  /** The release whose chart made it. */
  readonly release?: PlacedObject;
}

/** Claims that stand in manifests, and those that a chart makes of its values. */
export function lostClaims(comparison: Comparison): LostClaim[] {
  // A move to another namespace is the rule namespace-move.
  const written = removedOf(comparison, persistentVolumeClaim)
    .filter(({ base, becomes }) => becomes?.name !== base.name)
    .map(({ base: claim, becomes }) => ({ claim, ...(becomes !== undefined && { becomes }) }));
  return [...written, ...lostByReleases(comparison)].filter(({ claim }) => !isTemplate(claim));
}

function lostByReleases({ base, head, own }: Comparison): LostClaim[] {
  const left = new Set(head.byKind(persistentVolumeClaim).map(objectIdentity));
  return base.byKind(persistentVolumeClaim).flatMap(claim => {
    const release = claim.written?.by;
    if (release === undefined || !own.has(release)) return [];
    return left.has(objectIdentity(claim)) || isKeptByHelm(claim) ? [] : [{ claim, release }];
  });
}

/** The pods of a graph that name a claim. */
export function usersOf({ pods }: SecretGraph, { namespace, name }: PlacedObject): Placed[] {
  return pods.flatMap(pod =>
    pod.object.namespace === namespace
      ? claimVolumes(pod).flatMap(({ claim, path }) =>
          claim === name ? [{ object: pod.object, path }] : [],
        )
      : [],
  );
}
