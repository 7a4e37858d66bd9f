import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, output, type Ran, remSecrets, root, run } from './machine.ts';

/** Packs the package as it is built and installs it in a folder, as a user does. */
export function installIn(folder: string): void {
  output('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  output('sh', ['-c', 'npm install --offline --no-audit --no-fund ./rem-secrets-*.tgz'], {
    cwd: folder,
  });
}

/** The same for all users of a prefix, as `npm install -g` does. */
export function installGlobally(prefix: string): void {
  output('npm', ['pack', '--ignore-scripts', '--pack-destination', prefix]);
  output('sh', ['-c', 'npm install -g --offline --prefix . ./rem-secrets-*.tgz'], { cwd: prefix });
}

const packed: readonly string[] = JSON.parse(
  output('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']),
)[0].files.map(({ path }: { readonly path: string }) => path);

/** The files that npm packs, in a folder that everybody may read: nothing has run there. */
export function freshPackage(): string {
  const folder = folderOf([]);
  for (const path of packed) cpSync(join(root, path), join(folder, path));
  output('chmod', ['-R', 'u=rwX,go=rX', folder]);
  output('chmod', ['a+x', programIn(folder)]);
  return folder;
}

/** The command line of a package, as npm puts it on the PATH. */
export function programIn(folder: string): string {
  return join(folder, 'dist/start/rem-secrets.cjs');
}

export const isRoot: boolean = process.getuid?.() === 0;

/** Runs a program as nobody. */
export const nobody: readonly string[] = [
  'setpriv',
  '--reuid=nobody',
  '--regid=nogroup',
  '--clear-groups',
];

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
