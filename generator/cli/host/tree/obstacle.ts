import { lstatSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';

/** What stands where a file is to be written, or where a folder above it is to be. */
export interface Obstacle {
  readonly path: string;
  /** What it is, and what writing would do to it. */
  readonly what: string;
}

/** What is in the way of a file, at a path below a root; no link is followed. */
export function obstacleTo(path: string, root: string): Obstacle | undefined {
  const above = dirname(path) === '.' ? undefined : obstacleToFolder(dirname(path), root);
  if (above !== undefined) return above;
  const found = statsOf(join(root, path));
  if (found === undefined || found.isFile()) return undefined;
  return { path, what: `${nameOf(found)} and would overwrite it` };
}

/** What is in the way of a folder. */
export function obstacleToFolder(path: string, root: string): Obstacle | undefined {
  const above = dirname(path) === '.' ? undefined : obstacleToFolder(dirname(path), root);
  if (above !== undefined) return above;
  const found = statsOf(join(root, path));
  if (found === undefined || found.isDirectory()) return undefined;
  const harm = found.isSymbolicLink() ? 'would write through it' : 'needs a folder in its place';
  return { path, what: `${nameOf(found)} and ${harm}` };
}

function nameOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return 'link';
  return stats.isDirectory() ? 'folder' : 'file';
}

/** What is at a path itself; undefined: nothing. */
export function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
