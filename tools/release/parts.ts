import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Entry } from './tar.ts';

/** Runs a program in the repository; gives its stdout. */
export function output(root: string, command: string, ...args: string[]): string {
  return execFileSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

const packed = new Map<string, readonly string[]>();

/** The paths of what npm packs: it compresses all of it to say them, so it is asked once. */
export function packedFiles(root: string): readonly string[] {
  const known = packed.get(root);
  if (known !== undefined) return known;
  const json = output(root, 'npm', 'pack', '--dry-run', '--json', '--ignore-scripts');
  const [said] = JSON.parse(json) as readonly { files: readonly { path: string }[] }[];
  const files = (said?.files ?? []).map(({ path }) => path);
  packed.set(root, files);
  return files;
}

/** The files of the package below a folder. */
export function packageEntries(root: string, below: string): Entry[] {
  return packedFiles(root).map(path => ({
    path: `${below}/${path}`,
    bytes: readFileSync(join(root, path)),
    isExecutable: /^(dist\/start|\.ci)\//.test(path),
  }));
}

/** The Node that runs this, with its licence, below a folder. */
export function nodeEntries(below: string): Entry[] {
  const program = realpathSync(process.execPath);
  const prefix = dirname(dirname(program));
  const texts = ['LICENSE', 'share/doc/nodejs/LICENSE', 'share/doc/nodejs/copyright'];
  const licence = texts.map(text => join(prefix, text)).find(text => existsSync(text));
  if (licence === undefined) throw new Error(`the licence of Node is not in ${prefix}`);
  return [
    { path: `${below}/bin/node`, bytes: readFileSync(program), isExecutable: true },
    { path: `${below}/bin/node.LICENSE`, bytes: readFileSync(licence) },
  ];
}

/** `linux-x64`, as Node names what it runs on. */
export const platform: string = `${process.platform}-${process.arch}`;
