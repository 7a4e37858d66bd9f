import type { FluxModel } from '../model/flux.ts';
import type { AppliedUnit } from '../objects/applied.ts';
import { fluxFolder, fluxObjects } from '../objects/flux/flux-objects.ts';
import type { ComponentObjects } from '../spec/spec.ts';
import { folderFiles } from './folder-files.ts';

/** The kustomizations that the Flux of each cluster is given. */
export function fluxFolders({ clusters }: FluxModel): string[] {
  return [...clusters.keys()].map(fluxFolder);
}

/** flux/ with a folder for each cluster: the Kustomizations that apply its overlays. */
export function fluxFiles(
  model: FluxModel,
  units: readonly AppliedUnit[],
  components: ComponentObjects,
): [path: string, text: string][] {
  return [...fluxObjects(model, units, components)].flatMap(([cluster, resources]) =>
    folderFiles(fluxFolder(cluster), { resources, patches: [] }),
  );
}
