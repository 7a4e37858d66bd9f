import { existsSync, mkdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
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
  if (bavail * bsize < ENOUGH) return undefined;
  const user = process.getuid?.() ?? 0;
  const own = join(MEMORY, `rem-secrets-${user}`);
  mkdirSync(join(own, 'tmp'), { recursive: true, mode: 0o755 });
  return statSync(own).uid === user ? join(own, 'tmp') : undefined;
}

function runsPrograms(folder: string): boolean {
  if (!existsSync('/proc/mounts')) return false;
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const [, , , options] = mounts.map(line => line.split(' ')).find(([, at]) => at === folder) ?? [];
  return options !== undefined && !options.split(',').includes('noexec');
}
