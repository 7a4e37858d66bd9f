import { closeSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Host, HostError, isSystemError, writing } from '../core/host.ts';
import { sortBy } from '../core/json.ts';
import { type FileTree, GENERATED, GENERATED_JSON, GENERATED_MARKUP } from '../spec/tree.ts';
import { rootOf } from '../world/inside.ts';
import { filesBelow } from './host.ts';
import { hasLock, withLock } from './lock.ts';
import { type Obstacle, obstacleTo, statsOf, writeFiles } from './write-files.ts';

interface Destination {
  readonly what: 'the baseline' | 'the reports' | 'the spec' | 'the tree';
  readonly folder: string;
}

/** Makes a folder, if it is not there. Returns its absolute path. */
export function madeFolder(destination: Destination, host: Host): string {
  const { folder } = destination;
  const root = resolve(host.cwd, folder);
  refuse(obstacleAbove(root, host), destination);
  writing(folder, () => mkdirSync(root, { recursive: true }));
  return root;
}

/** A link in the repository may be anybody's; those on the way to the repository are the user's. */
function obstacleAbove(path: string, host: Host): Obstacle | undefined {
  const repository = rootOf('.', host) ?? host.cwd;
  const inside = relative(repository, path);
  const isInside = !/^($|\.\.($|\/))/.test(inside) && join(repository, inside) === path;
  return isInside ? obstacleTo(inside, repository, true) : undefined;
}

function refuse(obstacle: Obstacle | undefined, { what, folder }: Destination): void {
  if (obstacle === undefined) return;
  const reason = `rem-secrets did not make this ${obstacle.what}: ${obstacle.path}`;
  throw new HostError(`cannot write ${what} into ${folder}: ${reason}; move it away`);
}

/** Writes files into a folder, which is made if it is not there, and overwrites files. */
export function writeInto(
  destination: Destination,
  files: readonly (readonly [file: string, text: string])[],
  host: Host,
): void {
  const root = madeFolder(destination, host);
  for (const [file] of files) refuse(obstacleTo(file, root), destination);
  withLock(root, staging => writeFiles(new Map(files), { root, folder: staging }));
}

/** Writes files that are not there yet, all or none of them: one that is there is an error. */
export function writeNewFiles(files: ReadonlyMap<string, string>, { cwd: root }: Host): void {
  withLock(root, staging => {
    for (const path of files.keys()) {
      const obstacle = obstacleTo(path, root);
      if (obstacle !== undefined)
        throw new HostError(`rem-secrets did not make this ${obstacle.what}: ${obstacle.path}`);
      if (statsOf(join(root, path)) !== undefined)
        throw new HostError(`${path} is there already, and is left as it is`);
    }
    writeFiles(files, { root, folder: staging });
  });
}

interface WriteOptions {
  readonly isCurrent?: () => boolean;
  readonly isTouched?: IsTouched | undefined;
}

/** Makes the files below a root those of the tree, also after a killed run; returns how they differed. Undefined: it is out of date by now. */
export function writeTree(
  tree: FileTree,
  root: string,
  { isCurrent = () => true, isTouched }: WriteOptions = {},
): TreeComparison | undefined {
  const before = compareTree(tree, root, isTouched);
  if (before.obstacles.length > 0 || (before.changes.length === 0 && !hasLock(root))) return before;
  return withLock(root, folder => {
    if (!isCurrent()) return undefined;
    const found = compareTree(tree, root, isTouched);
    if (found.obstacles.length > 0) return found;
    writeFiles(new Map(found.changes.map(({ path }) => [path, tree.get(path)])), { root, folder });
    return found;
  });
}

interface TreeChange {
  readonly path: string;
  readonly what: 'added' | 'changed' | 'removed';
}

export interface TreeComparison {
  readonly changes: readonly TreeChange[];
  readonly obstacles: readonly Obstacle[];
}
export type IsTouched = (path: string) => boolean;

/** How the files below a root differ from the tree. Files that `expand` did not make do not count. */
export function compareTree(
  tree: FileTree,
  root: string,
  isTouched: IsTouched = () => true,
): TreeComparison {
  const touched = new Map([...tree].filter(([path]) => isTouched(path)));
  for (let look = 1; ; look++) {
    try {
      return compareOnce(touched, root, isTouched);
    } catch (error) {
      const isGone = isSystemError(error) && error.code === 'ENOENT';
      if (!isGone || look === LOOKS) throw error;
    }
  }
}

/** How often to try, as another run may be removing files. */
const LOOKS = 100;

function compareOnce(tree: FileTree, root: string, isTouched: IsTouched): TreeComparison {
  const obstacles = new Map<string, Obstacle>();
  const stale = staleFiles(tree, root).filter(isTouched);
  const changes = stale.map((path): TreeChange => ({ path, what: 'removed' }));
  for (const [path, text] of tree) {
    const place = join(root, path);
    const obstacle = obstacleTo(path, root);
    if (obstacle !== undefined) obstacles.set(obstacle.path, obstacle);
    else if (statsOf(place) === undefined) changes.push({ path, what: 'added' });
    else if (!isOurs(place)) obstacles.set(path, { path, what: 'file and would overwrite it' });
    else if (!readFileSync(place).equals(Buffer.from(text)))
      changes.push({ path, what: 'changed' });
  }
  return {
    changes: sortBy(changes, ({ path }) => path),
    obstacles: sortBy([...obstacles.values()], ({ path }) => path),
  };
}

const FOLDERS = ['argocd', 'base', 'flux', 'iam', 'overlays', 'runbook'];

/** Files that `expand` made and no longer makes, all with one of these endings: other copies are the user's. */
function staleFiles(tree: FileTree, root: string): string[] {
  return FOLDERS.filter(folder => statsOf(join(root, folder))?.isDirectory())
    .flatMap(folder => filesBelow(root, folder))
    .filter(path => /\.(yaml|json|md|html)$/.test(path))
    .filter(path => !tree.has(path) && isOurs(join(root, path)));
}

const HEADERS = [GENERATED, GENERATED_JSON, GENERATED_MARKUP].map(text => Buffer.from(text));

function isOurs(path: string): boolean {
  const start = Buffer.alloc(Math.max(...HEADERS.map(header => header.length)));
  const file = openSync(path, 'r');
  try {
    readSync(file, start);
  } finally {
    closeSync(file);
  }
  return HEADERS.some(header => start.subarray(0, header.length).equals(header));
}
