import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { start } from '#start';
import { cannotWrite } from '../../../ground/host-error.ts';
import { statsOf } from './obstacle.ts';
import { type Move, type Plan, switchOver } from './switch-over.ts';

/**
 * Changes files below a root. All text is on the disk beside it before the first file is moved in;
 * that takes no space, cannot half-write a file, and is over at once.
 */
export function writeFiles(changes: FileChanges, staging: Staging): void {
  for (const [path, text] of changes.written)
    staged(path, () => writeNew(newPlace(path, staging), text));
  for (const path of changes.written.keys()) staged(path, () => flush(newPlace(path, staging)));
  const plan = planOf(changes, staging);
  for (const { place, to, before } of plan.moves)
    staged(place, () => (before === undefined ? makeFolder(to) : keep(to, before)));
  move(plan, staging);
}

function staged(place: string, use: () => void): void {
  try {
    use();
  } catch (error) {
    throw cannotWrite(place, error);
  }
}

/** The folder is ours alone; that nothing is written through a link does not rest on that. */
function writeNew(place: string, text: string): void {
  makeFolder(place);
  writeFileSync(place, text, { flag: 'wx' });
}

function makeFolder(place: string): void {
  mkdirSync(dirname(place), { recursive: true });
}

/** Else a name could outlive a loss of power, and its text not. */
function flush(place: string): void {
  const file = openSync(place, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A second name costs nothing, and spares the disk the work of removing a file amid the moves. */
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

/**
 * One rename is whole by itself. Several are made by a process in a session of its own, which lives
 * on where this one is killed. If it fails or is killed, what is left to do is done, or fails, here.
 */
function move(plan: Plan, { folder }: Staging): void {
  if (plan.moves.length > 1) {
    const file = join(folder, 'plan.json');
    staged(folder, () => writeFileSync(file, JSON.stringify(plan), { flag: 'wx' }));
    const args = [start.packageFile('dist/bundle/host/tree/mover.cjs'), file, String(process.pid)];
    if (spawnSync(process.execPath, args, OWN_SESSION).status === 0) return;
  }
  switchOver({ ...plan, moves: plan.moves.filter(({ from }) => existsSync(from)) });
}

/** What becomes of the files below a root, by their paths from there. */
interface FileChanges {
  readonly written: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
}

/** Where a run keeps files before and after they are at their place. */
interface Staging {
  readonly root: string;
  readonly folder: string;
}

function newPlace(path: string, { folder }: Staging): string {
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
function planOf({ written, removed }: FileChanges, staging: Staging): Plan {
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
