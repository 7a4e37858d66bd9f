import type { Wanted } from '../wanted.ts';
import { argocdMembers, argocdSection } from './argocd-section.ts';
import { type FluxFolder, fluxMembers, fluxSection } from './flux-section.ts';
import type { DeployerTree, Deployment } from './tree.ts';

/** The sections of the spec that would make what stands beside the overlays, as far as there are any. */
export function deploymentOf(
  { folders, parameters, iam }: DeployerTree,
  all: readonly Wanted[],
  shared: ReadonlyMap<string, string>,
): Deployment {
  const names = all.map(({ name }) => name);
  const flux = [...folders].flatMap(([folder, items]): FluxFolder[] =>
    folder.startsWith(FLUX) ? [{ cluster: folder.slice(FLUX.length), items }] : [],
  );
  const items = folders.get('argocd') ?? [];
  const ofFlux = new Map([...shared, ...fluxMembers(flux, names)]);
  const tree = { items, parameters, environments: names };
  const clusterOf = new Map([...argocdMembers({ ...tree, clusterOf: ofFlux }), ...ofFlux]);
  const sections = {
    flux: fluxSection(flux),
    argocd: argocdSection({ ...tree, clusterOf }),
  };
  return {
    sections: {
      ...(iam !== undefined && { iam }),
      ...(sections.flux !== undefined && { flux: sections.flux }),
      ...(sections.argocd !== undefined && { argocd: sections.argocd }),
    },
    clusterOf: new Map([...clusterOf].filter(([name, cluster]) => name !== cluster)),
  };
}

const FLUX = 'flux/';
