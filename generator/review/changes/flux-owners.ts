import { objectIdentity } from '../../graph/graph-of.ts';
import { appliedByKustomization, isTakenAway } from '../../kinds/flux/applied.ts';
import { fluxKustomization } from '../../kinds/flux/kustomization.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { type Comparison, folderOf } from './comparison.ts';

/**
 * The Flux Kustomization of base that applies the folder of an object's environment, as a spec has it
 * (`overlays/NAME`, `flux/CLUSTER`). Undefined: none that was read does.
 */
export function fluxOwnerOf(
  comparison: Comparison,
  object: PlacedObject,
): PlacedObject | undefined {
  const environment = folderOf(comparison, object);
  if (environment === '') return undefined;
  const folders = environment.includes('/')
    ? [environment]
    : [environment, `overlays/${environment}`];
  return comparison.base
    .byKind(fluxKustomization)
    .find(
      kustomization =>
        objectIdentity(kustomization) !== objectIdentity(object) &&
        appliedByKustomization(kustomization).some(({ path }) => isOneOf(folders, path)) &&
        !isTakenAway(kustomization, object),
    );
}

/** Whether a path from the root of a source ends in one of the folders; a single name is all of it. */
function isOneOf(folders: readonly string[], path: string): boolean {
  const own = path.replace(/^(\.\/)?/, '').replace(/\/$/, '');
  return folders.some(
    folder => own === folder || (folder.includes('/') && own.endsWith(`/${folder}`)),
  );
}
