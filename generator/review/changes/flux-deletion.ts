import { isDeletingAll, isLeftByFlux, isPruning, isSuspended } from '../../kinds/flux/pruning.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Comparison } from './comparison.ts';
import { type Deletion, kept } from './deletion-words.ts';

/**
 * What becomes of an object that Git no longer has and a Flux Kustomization has applied
 * (docs/facts/flux.md#pruning). `fateOf`: what becomes of the Kustomization, where head has none.
 */
export function prunedByFlux(
  { head }: Comparison,
  removed: PlacedObject,
  kustomization: PlacedObject,
  fateOf: (object: PlacedObject) => Deletion,
): Deletion {
  const called = `Kustomization "${kustomization.name}"`;
  if (isLeftByFlux(removed)) return kept('its annotation has Flux leave it');
  const { known, namespace, name } = kustomization;
  const now = known && head.find(known, namespace, name);
  if (now !== undefined) return prunedBy(now, called);
  if (!isDeletingAll(kustomization)) return kept(`${called} is removed and deletes nothing`);
  const { outcome } = fateOf(kustomization);
  if (outcome === 'kept') return kept(`${called} stays, as nothing deletes it`);
  return outcome === 'unknown'
    ? { outcome, text: `deleted together with its Flux ${called} once that is` }
    : { outcome, text: `deleted together with its Flux ${called}` };
}

function prunedBy(kustomization: PlacedObject, called: string): Deletion {
  if (!isPruning(kustomization)) return kept(`Flux ${called} does not prune`);
  return isSuspended(kustomization)
    ? { outcome: 'waiting', text: `deleted once ${called}, which is suspended, goes on` }
    : { outcome: 'deleted', text: `deleted by Flux: ${called} prunes` };
}
