import { join } from 'node:path';
import { type Host, textOf } from '../ground/host.ts';
import { GENERATED } from '../make/kustomize/folder-files.ts';
import { refusalOf } from '../read/inside.ts';

/** Whether a folder has one of the kustomizations that `expand` writes for those who apply overlays. */
export function isDeployerFolder(folder: string, host: Host): boolean {
  const isPlaced = /(?:^|\/)(?:argocd|argocd\/applications|flux\/[^/]{1,100})$/.test(folder);
  return isPlaced && isGenerated(folder, host);
}

/** Whether the kustomization of a folder was made by `expand`. */
export function isGenerated(folder: string, host: Host): boolean {
  const file = join(folder, 'kustomization.yaml');
  const isThere = host.kindOf(file) === 'file' && refusalOf(file, host) === undefined;
  return isThere && textOf(file, host).startsWith(GENERATED);
}

/** The folders that `expand` would write into here, and that have what somebody else wrote. */
export function foreignFolders(host: Host): string[] {
  const overlays = (host.entriesIn('overlays') ?? []).map(({ name }) => join('overlays', name));
  return ['base', ...overlays].filter(folder => {
    const file = join(folder, 'kustomization.yaml');
    return host.kindOf(file) === 'file'
      ? !textOf(file, host).startsWith(GENERATED)
      : host.kindOf(folder) === 'folder';
  });
}
