import { join } from 'node:path';
import type { Host } from '../../../ground/host.ts';
import { HostError } from '../../../ground/host-error.ts';
import { withLock } from './lock.ts';
import { obstacleTo, statsOf } from './obstacle.ts';
import { writeFiles } from './write-files.ts';

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
