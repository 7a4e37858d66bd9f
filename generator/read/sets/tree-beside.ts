import { join } from 'node:path';
import { type Host, textOf } from '../../ground/host.ts';
import { fluxFolders } from '../../make/kustomize/deployer-files.ts';
import { GENERATED } from '../../make/kustomize/folder-files.ts';
import { renderTree } from '../../make/kustomize/tree.ts';
import type { Expansion } from '../../make/pipeline.ts';
import { addedObjects } from '../component-objects.ts';

/**
 * The files of the tree that a spec makes, as `expand` would write them, that are not the same in the
 * folder of the spec: other texts, none, or behind links.
 */
export function otherFiles(
  expansion: Expansion,
  folder: string,
  host: Host,
): [path: string, text: string][] {
  const components = addedObjects(expansion, host.below(folder));
  const root = host.realPath(folder) ?? folder;
  return [...renderTree(expansion, components)].filter(([path, text]) => {
    const place = join(root, path);
    return host.realPath(place) !== place || textAt(place, host) !== text;
  });
}

/** The folders that `expand` once made of environments, and of clusters for Flux, which the spec has no more. */
export function leftFolders({ units, flux }: Expansion, folder: string, host: Host): string[] {
  const known = new Set([
    ...units.map(({ name }) => `overlays/${name}`),
    ...(flux === undefined ? [] : fluxFolders(flux)),
  ]);
  const below = (home: string): string[] =>
    (host.entriesIn(join(folder, home)) ?? [])
      .filter(({ kind }) => kind === 'folder')
      .map(({ name }) => `${home}/${name}`);
  return [...below('overlays'), ...below('flux')]
    .filter(path => !known.has(path))
    .filter(path => {
      const text = textAt(join(folder, path, 'kustomization.yaml'), host);
      return text?.startsWith(GENERATED) === true;
    });
}

function textAt(file: string, host: Host): string | undefined {
  return host.kindOf(file) === 'file' ? textOf(file, host) : undefined;
}
