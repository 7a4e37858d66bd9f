import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Host } from '../../../ground/host.ts';
import { cannotWrite, HostError } from '../../../ground/host-error.ts';
import { rootOf } from '../../../read/inside.ts';
import { withLock } from './lock.ts';
import { type Obstacle, obstacleTo, obstacleToFolder } from './obstacle.ts';
import { writeFiles } from './write-files.ts';

/** Writes reports into a folder, which is made if it is not there, in place of what is there. */
export function writeReports(
  folder: string,
  reports: readonly (readonly [file: string, text: string])[],
  host: Host,
): void {
  const root = resolve(host.cwd, folder);
  refuse(obstacleAbove(root, host), folder);
  try {
    mkdirSync(root, { recursive: true });
  } catch (error) {
    throw cannotWrite(folder, error);
  }
  for (const [file] of reports) refuse(obstacleTo(file, root), folder);
  withLock(root, staging =>
    writeFiles({ written: new Map(reports), removed: [] }, { root, folder: staging }),
  );
}

/** Links of the repository are made by whoever it is from; those on the way to it are the user's. */
function obstacleAbove(path: string, host: Host): Obstacle | undefined {
  const repository = rootOf('.', host) ?? host.cwd;
  const inside = relative(repository, path);
  const isInside = !/^($|\.\.($|\/))/.test(inside) && join(repository, inside) === path;
  return isInside ? obstacleToFolder(inside, repository) : undefined;
}

function refuse(obstacle: Obstacle | undefined, folder: string): void {
  if (obstacle === undefined) return;
  const reason = `rem-secrets did not make this ${obstacle.what}: ${obstacle.path}`;
  throw new HostError(`cannot write the reports into ${folder}: ${reason}; move it away`);
}
