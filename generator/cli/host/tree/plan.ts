import { dirname, join } from 'node:path';
import { statsOf } from './obstacle.ts';
import type { Move, Plan } from './switch-over.ts';

/** What becomes of the files below a root, by their paths from there. */
export interface FileChanges {
  readonly written: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
}

/** Where a run keeps files before and after they are at their place. */
export interface Staging {
  readonly root: string;
  readonly folder: string;
}

export function newPlace(path: string, { folder }: Staging): string {
  return join(folder, 'new', path);
}

function oldPlace(path: string, { folder }: Staging): string {
  return join(folder, 'old', path);
}

/**
 * The renames: first what is added, a folder that is not there yet as a whole, then what is
 * changed, and at last what goes. Until kustomizations change, nothing names what is added, and
 * none names any more what goes.
 */
export function planOf({ written, removed }: FileChanges, staging: Staging): Plan {
  const places = new Set([...written.keys()].map(path => firstAbsent(path, staging.root)));
  const moves = [...places].map(place => moveOf(place, staging));
  return {
    moves: [
      ...moves.filter(({ before }) => before === undefined),
      ...moves.filter(({ before }) => before !== undefined),
      ...removed.map(path => ({
        place: path,
        from: join(staging.root, path),
        to: oldPlace(path, staging),
      })),
    ],
    folders: foldersOf(removed).map(path => join(staging.root, path)),
  };
}

/** The folder highest up on the way to a file that is not there, or the file. */
function firstAbsent(path: string, root: string): string {
  const above = dirname(path);
  if (above === '.' || statsOf(join(root, above)) !== undefined) return path;
  return firstAbsent(above, root);
}

function moveOf(place: string, staging: Staging): Move {
  const move = { place, from: newPlace(place, staging), to: join(staging.root, place) };
  return statsOf(move.to) === undefined ? move : { ...move, before: oldPlace(place, staging) };
}

/** The folders above files, the deepest first. */
function foldersOf(paths: readonly string[]): string[] {
  const above = (path: string): string[] =>
    dirname(path) === '.' ? [] : [dirname(path), ...above(dirname(path))];
  return [...new Set(paths.flatMap(above))].sort((a, b) => b.length - a.length);
}
