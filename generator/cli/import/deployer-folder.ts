import { join } from 'node:path';
import { type Host, textOf } from '../../ground/host.ts';
import { GENERATED } from '../../make/kustomize/folder-files.ts';
import { refusalOf } from '../../read/inside.ts';

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
