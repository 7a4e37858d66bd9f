import type { JsonObject } from '../../ground/json.ts';
import type { Item } from '../../kinds/kind.ts';

/** What stands beside overlays and applies them, as `expand` lays a tree out. */
export interface DeployerTree {
  /** Where it is; empty: nowhere. */
  readonly place: string;
  /** By folder: `argocd`, `flux/prod`. */
  readonly folders: ReadonlyMap<string, readonly Item[]>;
  /** What an ApplicationSet is told of each environment (`overlays/ENV/argocd.yaml`). */
  readonly parameters: ReadonlyMap<string, JsonObject>;
  /** What would make the rights in AWS that stand there too. */
  readonly iam?: JsonObject;
}

/** Sections of the spec that make it, and the clusters that it tells of. */
export interface Deployment {
  readonly sections: DeployerSections;
  /** The cluster of each environment that it shares with others, or that is not called like it. */
  readonly clusterOf: ReadonlyMap<string, string>;
}

export interface DeployerSections {
  readonly iam?: JsonObject;
  readonly argocd?: JsonObject;
  readonly flux?: JsonObject;
}

/** Manifests that nothing is known to apply. */
export const nothingApplied: DeployerTree = {
  place: '',
  folders: new Map(),
  parameters: new Map(),
};

/** A deployment without what folders are made by that come out otherwise. */
export function withoutFolders(
  { sections, clusterOf }: Deployment,
  wrong: readonly { readonly environment: string }[],
): Deployment {
  const { argocd, flux, ...others } = sections;
  const isWrong = (section: string): boolean =>
    wrong.some(({ environment }) => environment.split('/')[0] === section);
  return {
    sections: {
      ...others,
      ...(argocd !== undefined && !isWrong('argocd') && { argocd }),
      ...(flux !== undefined && !isWrong('flux') && { flux }),
    },
    clusterOf,
  };
}

/** What comes before a folder in the path to it; undefined: it is the path to another. */
export function before(folder: string, path: string): string | undefined {
  const plain = path.replace(/^\.\//, '');
  if (plain === folder) return '';
  return plain.endsWith(`/${folder}`) ? plain.slice(0, -folder.length - 1) : undefined;
}
