import { objectIdentity } from '../../../graph/graph-of.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import { type Comparison, deployerOf } from '../../changes/comparison.ts';

/**
 * Whether one apply brings objects of head: one Kustomization or Application has them all, so none
 * waits for the next interval or sync of another one.
 */
export function isAppliedTogether(
  comparison: Comparison,
  object: PlacedObject,
  others: readonly PlacedObject[],
): boolean {
  const deployer = deployerOf(comparison, object);
  if (deployer === undefined) return false;
  const id = objectIdentity(deployer);
  return others.every(other => {
    const by = deployerOf(comparison, other);
    return by !== undefined && objectIdentity(by) === id;
  });
}
