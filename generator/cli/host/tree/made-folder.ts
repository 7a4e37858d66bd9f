import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Host } from '../../../ground/host.ts';
import { cannotWrite, HostError } from '../../../ground/host-error.ts';
import { rootOf } from '../../../read/inside.ts';
import { type Obstacle, obstacleToFolder } from './obstacle.ts';

/** What is to be written, and into which folder, as a user names it. */
export interface Destination {
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
export function refuse(obstacle: Obstacle | undefined, { what, folder }: Destination): void {
  if (obstacle === undefined) return;
  const reason = `rem-secrets did not make this ${obstacle.what}: ${obstacle.path}`;
  throw new HostError(`cannot write ${what} into ${folder}: ${reason}; move it away`);
}
