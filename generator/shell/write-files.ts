import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { start } from '#start';
import { writing } from '../core/host.ts';
import { type Move, type Plan, switchOver } from './switch-over.ts';

/** Changes files below a root. All text is on the disk before the first move: a move needs no space. */
export function writeFiles(changes: FileChanges, staging: Staging): void {
  const written = [...changes].filter(([, text]) => text !== undefined);
  for (const [path, text = ''] of written)
    writing(path, () => writeNew(newPlace(path, staging), text));
  for (const [path] of written) writing(path, () => flush(newPlace(path, staging)));
  const plan = planOf(changes, staging);
  for (const { place, to, before } of plan.moves)
    writing(place, () => (before === undefined ? makeFolder(to) : keep(to, before)));
  move(plan, staging);
}

/** `wx` writes through no link, even if the folder were not ours alone. */
function writeNew(place: string, text: string): void {
  makeFolder(place);
  writeFileSync(place, text, { flag: 'wx' });
}

function makeFolder(place: string): void {
  mkdirSync(dirname(place), { recursive: true });
}

/** Without it a loss of power could leave the name of a file, and not its text. */
function flush(place: string): void {
  const file = openSync(place, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A second name takes no space, and so no move has to delete a file. */
function keep(place: string, before: string): void {
  makeFolder(before);
  try {
    linkSync(place, before);
  } catch {
    copyFileSync(place, before); // Not every file system has hard links.
  }
}

/** `spawnSync` takes `detached` as `spawn` does, though its page does not say so. */
const OWN_SESSION = { detached: true, stdio: 'ignore' } as const;

/** One rename is atomic. Several are made by a process that outlives this one; if it fails, this one finishes. */
function move(plan: Plan, { folder }: Staging): void {
  if (plan.moves.length > 1) {
    const file = join(folder, 'plan.json');
    writing(folder, () => writeFileSync(file, JSON.stringify(plan), { flag: 'wx' }));
    const args = [start.packageFile('dist/bundle/mover.cjs'), file, String(process.pid)];
    if (spawnSync(process.execPath, args, OWN_SESSION).status === 0) return;
  }
  switchOver({ ...plan, moves: plan.moves.filter(({ from }) => existsSync(from)) });
}

/** The texts of files by their paths below a root; a file without a text is removed. */
type FileChanges = ReadonlyMap<string, string | undefined>;

/** `folder` holds the new files before they are moved, and the old ones after it. */
type Staging = Readonly<Record<'root' | 'folder', string>>;

const newPlace = (path: string, { folder }: Staging): string => join(folder, 'new', path);
const oldPlace = (path: string, { folder }: Staging): string => join(folder, 'old', path);

/** The renames: first additions, then changes, then removals. So no kustomization names a file that is not there. */
function planOf(changes: FileChanges, staging: Staging): Plan {
  const { root } = staging;
  const removed = [...changes.keys()].filter(path => changes.get(path) === undefined);
  const written = [...changes.keys()].filter(path => changes.get(path) !== undefined);
  const places = new Set(written.map(path => firstAbsent(path, root)));
  const moves = [...places].map((place): Move => {
    const move = { place, from: newPlace(place, staging), to: join(root, place) };
    return statsOf(move.to) === undefined ? move : { ...move, before: oldPlace(place, staging) };
  });
  return {
    moves: [
      ...moves.filter(({ before }) => before === undefined),
      ...moves.filter(({ before }) => before !== undefined),
      ...removed.map(place => ({ place, from: join(root, place), to: oldPlace(place, staging) })),
    ],
    folders: foldersOf(removed).map(path => join(root, path)),
  };
}

/** The highest folder above a file that does not exist, or the file. */
function firstAbsent(path: string, root: string): string {
  const above = dirname(path);
  if (above === '.' || statsOf(join(root, above)) !== undefined) return path;
  return firstAbsent(above, root);
}

function foldersOf(paths: readonly string[]): string[] {
  const above = (path: string): string[] =>
    dirname(path) === '.' ? [] : [dirname(path), ...above(dirname(path))];
  return [...new Set(paths.flatMap(above))].sort((a, b) => b.length - a.length);
}

/** Something that is where a file, or a folder above it, is to be. */
export interface Obstacle {
  readonly path: string;
  /** Its kind, and what writing would do to it. */
  readonly what: string;
}

/** What is in the way of a file, or a folder, below a root; no link is followed. */
export function obstacleTo(path: string, root: string, isFolder = false): Obstacle | undefined {
  const above = dirname(path) === '.' ? undefined : obstacleTo(dirname(path), root, true);
  if (above !== undefined) return above;
  const found = statsOf(join(root, path));
  if (found === undefined || (isFolder ? found.isDirectory() : found.isFile())) return undefined;
  const folderHarm = found.isSymbolicLink()
    ? 'would write through it'
    : 'needs a folder in its place';
  return { path, what: `${nameOf(found)} and ${isFolder ? folderHarm : 'would overwrite it'}` };
}

function nameOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return 'link';
  return stats.isDirectory() ? 'folder' : 'file';
}

/** The stats of a path, links not followed; undefined: nothing is there. */
export function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
