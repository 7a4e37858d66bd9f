import { join } from 'node:path';
import type { Host } from '../../ground/host.ts';
import { GENERATED } from '../../make/kustomize/folder-files.ts';
import { renderTree } from '../../make/kustomize/tree.ts';
import type { Expansion } from '../../make/pipeline.ts';
import { componentObjects } from '../component-objects.ts';
import { textOf } from '../text-of.ts';

/**
 * The files of the tree that a spec makes, as `expand` would write them, that are not the same in the
 * folder of the spec: other texts, none, or behind links.
 */
export function otherFiles(
  expansion: Expansion,
  folder: string,
  host: Host,
): [path: string, text: string][] {
  const names = new Set(expansion.targets.flatMap(({ components }) => components));
  const isNamed = expansion.argocd !== undefined || expansion.flux !== undefined;
  const components = isNamed ? componentObjects(names, host.below(folder)) : new Map();
  const root = host.realPath(folder) ?? folder;
  return [...renderTree(expansion, components)].filter(([path, text]) => {
    const place = join(root, path);
    return host.realPath(place) !== place || textAt(place, host) !== text;
  });
}

/** The overlays that `expand` once made of environments which the spec has no more. */
export function leftOverlays({ targets }: Expansion, folder: string, host: Host): string[] {
  const names = new Set(targets.map(({ name }) => name));
  const overlays = host.entriesIn(join(folder, 'overlays')) ?? [];
  return overlays
    .filter(({ name, kind }) => kind === 'folder' && !names.has(name))
    .map(({ name }) => `overlays/${name}`)
    .filter(overlay => {
      const text = textAt(join(folder, overlay, 'kustomization.yaml'), host);
      return text?.startsWith(GENERATED) === true;
    });
}

function textAt(file: string, host: Host): string | undefined {
  return host.kindOf(file) === 'file' ? textOf(file, host) : undefined;
}
