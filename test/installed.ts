import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { packPackage } from '../tools/release/package.ts';
import { folderOf, output, type Ran, remSecrets, root, run } from './machine.ts';
import { folderOfRun } from './memory-folder.ts';

/** The folder of a run (vitest.config.ts): all of its processes find here what one of them has made. */
const SHARED = process.env['REM_SHARED'] ?? folderOfRun();

/** A folder that the first process of a run makes, while the others wait: to pack and to install takes seconds. */
function shared(name: string, make: (folder: string) => void): string {
  const [folder, made] = [join(SHARED, name), join(SHARED, `${name}.made`)];
  if (isFirst(folder)) {
    let fault = '';
    try {
      make(folder);
    } catch (error) {
      fault = String(error);
    }
    writeFileSync(`${made}.new`, fault);
    renameSync(`${made}.new`, made);
  }
  while (!existsSync(made)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  const fault = readFileSync(made, 'utf8');
  if (fault !== '') throw new Error(fault);
  return folder;
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

/** The package as a release has it. */
function packed(): string {
  const folder = shared('packed', place => packPackage(root, place));
  return join(folder, readdirSync(folder).find(name => name.endsWith('.tgz')) ?? 'none');
}

const unpacked = (): string =>
  join(
    shared('unpacked', place => {
      output('tar', ['-xzf', packed(), '-C', place]);
      const folder = join(place, 'package');
      output('chmod', ['-R', 'u=rwX,go=rX', folder]);
      output('chmod', ['a+x', programIn(folder)]);
    }),
    'package',
  );

/** Installs the package in a folder, as a user does. */
export function installIn(folder: string): void {
  output('npm', ['install', '--offline', '--no-audit', '--no-fund', packed()], { cwd: folder });
}

/** The folder of the programs of a prefix for which the package is installed, as `npm install -g` does. */
export function globalPrograms(): string {
  const prefix = shared('prefix', cwd => {
    const args = ['install', '-g', '--offline', '--no-audit', '--no-fund', '--prefix', '.'];
    output('npm', [...args, packed()], { cwd });
  });
  return join(prefix, 'bin');
}

/** The files that npm packs, in a folder that everybody may read: nothing has run there. */
export function freshPackage(folder: string = folderOf()): string {
  output('cp', ['-a', `${unpacked()}/.`, folder]);
  return folder;
}

/** The command line of a package, as npm puts it on the PATH. */
export function programIn(folder: string): string {
  return join(folder, 'dist/start/rem-secrets.cjs');
}

export const isRoot: boolean = process.getuid?.() === 0;

/** Runs a program as nobody. */
export const nobody: readonly string[] =
  'setpriv --reuid=nobody --regid=nogroup --clear-groups'.split(' ');

/** Who runs a program, and with what of an environment. */
interface As {
  readonly as?: readonly string[];
  readonly HOME?: string;
}

/** What a package prints for the repository's own spec. */
export function renderedBy(folder: string, { as = [], ...env }: As = {}): Ran {
  const [command = '', ...args] = [...as, programIn(folder), 'render', 'dev'];
  return run(command, args, { env: { PATH: process.env['PATH'], ...env } });
}

/** What the repository's own launcher prints. */
export const rendered: Ran = run(remSecrets, ['render', 'dev']);
