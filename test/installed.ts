import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packPackage } from '../tools/release/package.ts';
import { folderOf, output, type Ran, remSecrets, root, run } from './machine.ts';

/** The folder of the package: npm packs it once for all tests of a process. */
const PACKED = mkdtempSync(join(tmpdir(), 'rem-secrets-packed-'));
process.once('exit', () => rmSync(PACKED, { recursive: true, force: true }));

const pack = once(() => {
  packPackage(root, PACKED);
  return PACKED;
});

const unpacked = once(() => {
  output('tar', ['-xzf', packed(), '-C', PACKED]);
  const folder = join(PACKED, 'package');
  output('chmod', ['-R', 'u=rwX,go=rX', folder]);
  output('chmod', ['a+x', programIn(folder)]);
  return folder;
});

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The package as a release has it. */
function packed(): string {
  return join(pack(), readdirSync(PACKED).find(name => name.endsWith('.tgz')) ?? 'none');
}

/** Installs the package in a folder, as a user does. */
export function installIn(folder: string): void {
  output('npm', ['install', '--offline', '--no-audit', '--no-fund', packed()], { cwd: folder });
}

/** The same for all users of a prefix, as `npm install -g` does. */
export function installGlobally(prefix: string): void {
  const args = ['install', '-g', '--offline', '--no-audit', '--no-fund', '--prefix', '.'];
  output('npm', [...args, packed()], { cwd: prefix });
}

/** The files that npm packs, in a folder that everybody may read: nothing has run there. */
export function freshPackage(): string {
  const folder = folderOf([]);
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
