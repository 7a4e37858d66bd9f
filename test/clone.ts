import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { output, root } from './machine.ts';

/** Makes a folder this repository as it is now, with one commit; of its tests it has these paths alone. */
export function cloneTo(folder: string, tests: readonly string[] = []): void {
  const files = output('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z']);
  const isKept = (file: string): boolean =>
    file !== '' && (!file.startsWith('test/') || tests.some(path => isWithin(path, file)));
  for (const file of files.split('\0').filter(isKept)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file), { verbatimSymlinks: true });
  }
  const git = (...args: string[]): string =>
    output('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: folder,
    });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'All of it');
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Puts into a clone what `make build tools` makes: that of this repository. */
export function linkBuilt(folder: string): void {
  for (const name of ['dist', '.tools']) symlinkSync(join(root, name), join(folder, name));
}
