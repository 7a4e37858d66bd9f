import type { Host } from '../../../ground/host.ts';
import { withLock } from './lock.ts';
import { type Destination, madeFolder, refuse } from './made-folder.ts';
import { obstacleTo } from './obstacle.ts';
import { writeFiles } from './write-files.ts';

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
