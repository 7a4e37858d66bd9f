import type { KubeObject } from '../../ground/kube-object.ts';
import { argocdObjects } from '../../make/objects/argocd/argocd-objects.ts';
import { fluxFolder, fluxObjects } from '../../make/objects/flux/flux-objects.ts';
import { type Expansion, wholeTargets } from '../../make/pipeline.ts';

/** What a spec makes to have its overlays applied, by the folders of a tree; `argocd` has all below it. */
export function deployerFolders(expansion: Expansion): Map<string, readonly KubeObject[]> {
  const { argocd, flux } = expansion;
  const targets = wholeTargets(expansion);
  const made = new Map<string, readonly KubeObject[]>();
  if (argocd !== undefined) {
    const { bootstrap, applications } = argocdObjects(argocd, targets, new Map());
    made.set('argocd', [...bootstrap, ...applications]);
  }
  const folders = flux === undefined ? [] : fluxObjects(flux, targets, new Map());
  for (const [cluster, objects] of folders) made.set(fluxFolder(cluster), objects);
  return made;
}
