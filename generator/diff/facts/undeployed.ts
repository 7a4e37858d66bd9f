import type { Path } from '../../core/finding.ts';
import { dependenciesOf, fluxKustomization, WAITING } from '../../kinds/flux/kustomization.ts';
import { displayKind, type PlacedObject } from '../../kinds/kind.ts';
import type { Comparison } from '../comparison.ts';
import { type RelatedObject, relatedObjects } from '../risk.ts';

/** What a refused object keeps from being applied (docs/facts/flux.md#order, docs/facts/argocd.md#refused-objects). */
export function applyFails(deployer: PlacedObject): string {
  const name = `the ${displayKind(deployer)} "${deployer.name}"`;
  return deployer.known === fluxKustomization
    ? `nothing that ${name} applies is applied any more, but definitions and Namespaces`
    : `the sync of ${name} fails, and nothing of later waves is applied`;
}

/** What waits for an applier that fails, or for what waits for it (docs/facts/flux.md#dependencies). */
export function heldUp({ head }: Comparison, deployer: PlacedObject | undefined): RelatedObject[] {
  if (deployer === undefined) return [];
  const waiting = WAITING.flatMap(kind => head.byKind(kind));
  const found = new Set([deployer]);
  const places: { readonly object: PlacedObject; readonly path: Path }[] = [];
  for (const awaited of found)
    for (const object of waiting) {
      const dependency = dependenciesOf(object).find(
        ({ namespace, name }) =>
          object.known === awaited.known &&
          namespace === awaited.namespace &&
          name === awaited.name,
      );
      if (dependency === undefined || found.has(object)) continue;
      found.add(object);
      places.push({ object, path: dependency.path });
    }
  return relatedObjects(places, 'head', 'waits for it, and is held up');
}
