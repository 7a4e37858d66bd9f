import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Host } from '../../../ground/host.ts';
import { cannotWrite, HostError } from '../../../ground/host-error.ts';
import { rootOf } from '../../../read/inside.ts';
import { withLock } from './lock.ts';
import { type Obstacle, obstacleTo, obstacleToFolder, statsOf } from './obstacle.ts';
import { writeFiles } from './write-files.ts';

/** What is to be written, and into which folder, as a user names it. */
interface Destination {
  readonly what: 'the reports' | 'the spec' | 'the tree';
  readonly folder: string;
}

/** Makes a folder, if it is not there; gives its path from the root of the machine. */
export function madeFolder(destination: Destination, host: Host): string {
  const { folder } = destination;
  const root = resolve(host.cwd, folder);
  refuse(obstacleAbove(root, host), destination);
  try {
    mkdirSync(root, { recursive: true });
  } catch (error) {
    throw cannotWrite(folder, error);
  }
  return root;
}

/** Links of the repository are made by whoever it is from; those on the way to it are the user's. */
function obstacleAbove(path: string, host: Host): Obstacle | undefined {
  const repository = rootOf('.', host) ?? host.cwd;
  const inside = relative(repository, path);
  const isInside = !/^($|\.\.($|\/))/.test(inside) && join(repository, inside) === path;
  return isInside ? obstacleToFolder(inside, repository) : undefined;
}

/** Ends the run where something of others is in the way. */
function refuse(obstacle: Obstacle | undefined, { what, folder }: Destination): void {
  if (obstacle === undefined) return;
  const reason = `rem-secrets did not make this ${obstacle.what}: ${obstacle.path}`;
  throw new HostError(`cannot write ${what} into ${folder}: ${reason}; move it away`);
}

/** Writes files into a folder, which is made if it is not there, in place of what is there. */
export function writeInto(
  destination: Destination,
  files: readonly (readonly [file: string, text: string])[],
  host: Host,
): void {
  const root = madeFolder(destination, host);
  for (const [file] of files) refuse(obstacleTo(file, root), destination);
  withLock(root, staging =>
    writeFiles({ written: new Map(files), removed: [] }, { root, folder: staging }),
  );
}

/** Writes files that are not there yet, all or none of them: one that is there is an error. */
export function writeNewFiles(files: ReadonlyMap<string, string>, { cwd: root }: Host): void {
  withLock(root, staging => {
    for (const path of files.keys()) expectAbsent(path, root);
    writeFiles({ written: files, removed: [] }, { root, folder: staging });
  });
}

/** No link is followed, be it to nothing. */
function expectAbsent(path: string, root: string): void {
  const obstacle = obstacleTo(path, root);
  if (obstacle !== undefined)
    throw new HostError(`rem-secrets did not make this ${obstacle.what}: ${obstacle.path}`);
  if (statsOf(join(root, path)) !== undefined)
    throw new HostError(`${path} is there already, and is left as it is`);
}
