import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { output, root } from './machine.ts';
import { repositoryOf } from './review/repository.ts';

/** Makes a folder this repository as it is now, with one commit; of its tests it has these paths alone. */
export function cloneTo(folder: string, tests: readonly string[] = []): void {
  const files = output('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z']);
  const isKept = (file: string): boolean =>
    file !== '' &&
    (!file.startsWith('test/') || tests.some(path => file === path || file.startsWith(`${path}/`)));
  for (const file of files.split('\0').filter(isKept)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file), { verbatimSymlinks: true });
  }
  repositoryOf({}, folder);
}
