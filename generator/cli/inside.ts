import { dirname, join, sep } from 'node:path';
import type { Host } from './host.ts';

/**
 * The folder that what is read at a path may not leave: the nearest above it, or itself, that is a
 * repository of git (has `.git`), or else the folder itself, or the one a file is in. Links are
 * followed; undefined: there is nothing at the path.
 */
export function rootOf(path: string, host: Host): string | undefined {
  const place = host.realPath(path);
  if (place === undefined) return undefined;
  const own = host.isFolder(place) ? place : dirname(place);
  for (let folder = own; ; folder = dirname(folder)) {
    if (host.exists(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return own;
  }
}

/** Whether a path leads to something below a root, or to the root, when all links are followed. */
export function isInside(root: string, path: string, host: Host): boolean {
  const place = host.realPath(path);
  return place !== undefined && isBelow(root, place);
}

/** Whether a path without links is a root, or below it. */
export function isBelow(root: string, place: string): boolean {
  return place === root || place.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
}
