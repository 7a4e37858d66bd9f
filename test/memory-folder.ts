import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Linux has files in memory. */
const MEMORY = '/dev/shm';
const ENOUGH = 4e9;

/**
 * A folder for scratch files that never reach a disk: the tests make and remove some hundred thousand.
 * Undefined where there is little memory, or where no program may be run from it.
 */
export function memoryFolder(): string | undefined {
  if (!runsPrograms(MEMORY)) return undefined;
  const { bavail, bsize } = statfsSync(MEMORY);
  const free = Math.min(bavail * bsize, process.availableMemory());
  return free < ENOUGH ? undefined : ownFolder(MEMORY);
}

/** A new folder, which goes when this process ends. */
export function folderOfRun(above: string = tmpdir()): string {
  const folder = mkdtempSync(join(above, 'rem-secrets-run-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The last one mounted there is the one that is seen. */
function runsPrograms(folder: string): boolean {
  if (!existsSync('/proc/mounts')) return false;
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const all = mounts.map(line => line.split(' ')).filter(([, at]) => at === folder);
  const options = all.at(-1)?.[3];
  return options !== undefined && !options.split(',').includes('noexec');
}

/** A folder in one that all users can write, if nobody else made what has its name. */
export function ownFolder(shared: string): string | undefined {
  const user = process.getuid?.() ?? 0;
  const own = join(shared, `rem-secrets-${user}`);
  // Another run may make it at the same time: `recursive` takes what is there.
  if (lstatSync(own, { throwIfNoEntry: false }) === undefined)
    mkdirSync(own, { mode: 0o755, recursive: true });
  const found = lstatSync(own);
  if (!found.isDirectory() || found.uid !== user || (found.mode & 0o022) !== 0) return undefined;
  const scratch = join(own, 'tmp');
  mkdirSync(scratch, { recursive: true });
  removeOld(scratch);
  return scratch;
}

/** In milliseconds: no run lasts as long. What a run that was killed left would stay in memory. */
const DAY = 86_400_000;

function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const place = join(folder, name);
    const made = lstatSync(place, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - made > DAY) rmSync(place, { recursive: true, force: true });
  }
}
