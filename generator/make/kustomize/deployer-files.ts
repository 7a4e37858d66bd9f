import type { ArgocdModel } from '../model/argocd.ts';
import type { FluxModel } from '../model/flux.ts';
import type { AppliedUnit } from '../objects/applied.ts';
import { APPLICATIONS } from '../objects/argocd/applications.ts';
import { argocdObjects } from '../objects/argocd/argocd-objects.ts';
import { fluxFolder, fluxObjects } from '../objects/flux/flux-objects.ts';
import { renderObject, renderValue } from '../objects/render-yaml.ts';
import type { ComponentObjects } from '../spec/spec.ts';
import { folderFiles, GENERATED } from './folder-files.ts';

/** The kustomizations that Argo CD is given, besides the overlays. */
export const ARGOCD_FOLDERS: readonly string[] = ['argocd', APPLICATIONS];

/**
 * argocd/ with what a person applies, the parameters of an ApplicationSet in the overlays, the folder below it that the root Application applies, and
 * the patch of Argo CD's settings, which no kustomization lists: argocd-cm is not ours.
 */
export function argocdFiles(
  model: ArgocdModel,
  units: readonly AppliedUnit[],
  components: ComponentObjects,
): [path: string, text: string][] {
  const { bootstrap, applications, parameters, settings } = argocdObjects(model, units, components);
  return [
    ...folderFiles('argocd', { resources: bootstrap, patches: [] }),
    ...folderFiles(APPLICATIONS, { resources: applications, patches: [] }),
    ...[...parameters].map(([path, values]): [string, string] => [
      path,
      GENERATED + renderValue(values),
    ]),
    ['argocd/argocd-cm.patch.yaml', GENERATED + renderObject(settings)],
  ];
}

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
