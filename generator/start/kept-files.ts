import {
  closeSync,
  existsSync,
  fstatSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { packageFile } from './package-files.ts';

/*
 * Files that hold what later runs execute. So one counts only if nobody but its reader and root can
 * have written it, and what cannot be read or written is done without.
 */

/** Where files are kept. */
interface Folder {
  readonly path: string;
  readonly mode: number;
  /** Who can write here can change the package itself; without it all folders above count. */
  readonly within?: string;
}

/** What is kept in a file. */
export interface Kept {
  readonly bytes: Buffer;
  /** How many runs it is from. */
  readonly runs: number;
}

/**
 * A file that one run has kept was written at this time, in seconds, says the file; one that two runs
 * have, a second later. The time is set last, and whatever writes to the file changes it: damage shows
 * without a sum over the file, for which Node loads more than a run has to spare.
 */
const WRITTEN = 1e9;

/** So many runs may add to a file. */
export const RUNS = 3;

/** What is kept under a name: of what others and this user have kept, what is from most runs. */
export function kept(name: string): Kept | undefined {
  let most: Kept | undefined;
  for (const folder of folders()) {
    const file = read(folder, name);
    if (file !== undefined && file.runs > (most?.runs ?? 0)) most = file;
    if (most?.runs === RUNS) break;
  }
  return most;
}

/** Keeps under a name what is made, which is only made where it can be written. */
export function keep(name: string, make: () => Kept): void {
  for (const folder of folders()) if (write(folder, name, make)) return;
}

/** Beside the package's scripts, where who installed it serves all users; else each user's own. */
function folders(): Folder[] {
  const { HOME = '', XDG_CACHE_HOME = '' } = process.env;
  const dist = packageFile('dist');
  const inDist = { path: join(dist, 'compiled'), mode: 0o755, within: dist };
  const cache = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(HOME, '.cache');
  return isAbsolute(cache) ? [inDist, { path: join(cache, 'rem-secrets'), mode: 0o700 }] : [inDist];
}

function read(folder: Folder, name: string): Kept | undefined {
  try {
    if (!isSafe(folder)) return undefined;
    const file = openSync(join(folder.path, name), 'r');
    try {
      const stats = fstatSync(file);
      const runs = stats.mtimeMs / 1000 - WRITTEN;
      return isTrusted(stats) && runs > 0 && runs <= RUNS
        ? { bytes: readFileSync(file), runs }
        : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined; // Nothing is kept there.
  }
}

/** Others see all of the new file or none of it. */
function write(folder: Folder, name: string, make: () => Kept): boolean {
  const path = join(folder.path, name);
  const unfinished = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    if (!isReady(folder)) return false;
    const file = openSync(unfinished, 'wx', 0o644);
    try {
      const { bytes, runs } = make();
      writeFileSync(file, bytes);
      futimesSync(file, WRITTEN + runs, WRITTEN + runs);
      renameSync(unfinished, path);
    } finally {
      closeSync(file);
      rmSync(unfinished, { force: true });
    }
    return true;
  } catch {
    return false; // Nothing can be written there, or the disk is full.
  }
}

/** A folder is only made in one's own: root leaves nothing in a home or a clone of somebody. */
function isReady(folder: Folder): boolean {
  for (const path of [dirname(folder.path), folder.path]) {
    if (existsSync(path)) continue;
    if (statSync(dirname(path)).uid !== process.getuid?.()) return false;
    mkdirSync(path, folder.mode);
  }
  return isSafe(folder);
}

/** Whether others can neither put something in a folder nor another folder in its place. */
function isSafe({ path, within }: Folder): boolean {
  return isTrusted(statSync(path)) && isFixed(path, within);
}

/** In a sticky folder others make what they like, but cannot replace what is there. */
function isFixed(path: string, within?: string): boolean {
  if (path === within) return true;
  const [stats, above] = [lstatSync(path), dirname(path)];
  const isSticky = isOwn(stats) && (stats.mode & 0o1000) !== 0;
  const isThere = stats.isSymbolicLink()
    ? isOwn(stats) && isFixed(realpathSync(path))
    : isSticky || isTrusted(stats);
  return isThere && (above === path || isFixed(above, within));
}

function isTrusted(stats: Stats): boolean {
  return isOwn(stats) && (stats.mode & 0o022) === 0;
}

function isOwn({ uid }: Stats): boolean {
  return uid === 0 || uid === process.getuid?.();
}
