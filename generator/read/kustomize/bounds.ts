import { dirname, join } from 'node:path';
import type { Host } from '../../ground/host.ts';
import { isBelow, rootOf } from '../inside.ts';

/**
 * The folder that what a kustomization names may not leave: the repository that a path is in.
 * Outside of repositories, where a base may stand beside its overlays, the nearest folder above both
 * the path and the working directory.
 */
export function boundsOf(path: string, host: Host): string {
  const root = rootOf(path, host);
  if (root === undefined || host.exists(join(root, '.git'))) return root ?? host.cwd;
  let folder = host.realPath('.') ?? host.cwd;
  while (!isBelow(folder, root)) folder = dirname(folder);
  return folder;
}
