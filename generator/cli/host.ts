import { spawnSync } from 'node:child_process';
import {
  existsSync,
  fstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { devNull, tmpdir } from 'node:os';
import { relative, resolve } from 'node:path';
import type { Validator } from '../objects/schema-check.ts';
import { shownLines } from '../report/one-line.ts';
import { loadScript } from './load-script.ts';
import { packageFile } from './package-files.ts';
import { type Take, tunedByLength } from './tune.ts';

/** The machine a command runs on: the only way to files, other programs and the terminal. */
export interface Host {
  /** The working directory; all paths are relative to it. */
  readonly cwd: string;
  readonly readFile: (path: string) => Uint8Array;
  readonly exists: (path: string) => boolean;
  readonly isFolder: (path: string) => boolean;
  /** Where a path leads when all links are followed, from the root of the machine; undefined: nowhere. */
  readonly realPath: (path: string) => string | undefined;
  /** In bytes. */
  readonly sizeOf: (path: string) => number;
  /** All files below a folder, relative to it, with `/`; none when there is no such folder. */
  readonly listFiles: (folder: string) => string[];
  readonly readStdin: () => string;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Whether people read stdout on a terminal with colours (https://no-color.org). */
  readonly hasColors: () => boolean;
  readonly run: (command: string, args: readonly string[], options?: RunOptions) => Run;
  /** The same machine, seen from a folder below. */
  readonly below: (folder: string) => Host;
  /** Hands on the machine as seen from a new empty folder, which is gone afterwards. */
  readonly withScratch: <T>(use: (scratch: Host) => T) => T;
  readonly validators: (apiVersion: string, kind: string) => Validator | undefined;
}

/** How another program is run. */
export interface RunOptions {
  /** Its stdin. */
  readonly input?: string | undefined;
  /** All of its environment; without it the program has ours. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** What another program did; status 127: it is not there. */
export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The machine we are on, as seen from a folder; `take` is told what a run reads. */
export function nodeHost(cwd: string, take: Take = tunedByLength()): Host {
  const at = (path: string): string => resolve(cwd, path);
  return {
    cwd,
    readFile: path => take(readFileSync(at(path))),
    exists: path => existsSync(at(path)),
    isFolder: path => statSync(at(path)).isDirectory(),
    realPath: path => (existsSync(at(path)) ? realpathSync(at(path)) : undefined),
    sizeOf: path => statSync(at(path)).size,
    listFiles: folder => (existsSync(at(folder)) ? filesBelow(at(folder)) : []),
    readStdin: () => take(readFileSync(0)).toString('utf8'),
    stdout: text => write(1, text),
    stderr: text => write(2, shownLines(text)),
    hasColors,
    run: (command, args, options) => {
      const ran = run(cwd, command, args, options);
      return { ...ran, stdout: take(ran.stdout) };
    },
    below: folder => nodeHost(at(folder), take),
    withScratch: use => withScratch(use, take),
    validators,
  };
}

/**
 * Writes at once: Node's streams take longer to start than most runs to print. A pipe that is full
 * gets the rest through the stream; one whose reader has gone, as in `| head`, gets nothing more.
 */
function write(fd: 1 | 2, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const stream = fd === 1 ? process.stdout : process.stderr;
    if (code === 'EAGAIN') stream.write(bytes.subarray(written));
    else if (code !== 'EPIPE') throw error;
  }
}

/** A terminal is a device. node:tty is loaded only then: it takes a tenth of a short run. */
function hasColors(): boolean {
  if ((process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb') return false;
  const stdout = fstatSync(1);
  if (!stdout.isCharacterDevice() || stdout.rdev === statSync(devNull).rdev) return false;
  return createRequire(import.meta.filename)('node:tty').isatty(1);
}

function withScratch<T>(use: (scratch: Host) => T, take: Take): T {
  const folder = realpathSync(mkdtempSync(resolve(tmpdir(), 'rem-secrets-')));
  try {
    return use(nodeHost(folder, take));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, resolve(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

function run(
  cwd: string,
  command: string,
  args: readonly string[],
  { input, env }: RunOptions = {},
): Run {
  const options = {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    ...(input !== undefined && { input }),
    ...(env !== undefined && { env }),
  } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (error !== undefined) return { status: 127, stdout: '', stderr: error.message };
  return { status: status ?? 1, stdout, stderr };
}

/** Validators are compiled by the build, one file a kind, and loaded when first asked for. */
function validators(apiVersion: string, kind: string): Validator | undefined {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['v1', apiVersion];
  const name = `${group}/${kind.toLowerCase()}_${version}`;
  const file = packageFile(`dist/kinds/${name}.cjs`);
  const isKnown = /^[a-z0-9.-]+\/[a-z0-9_]+$/.test(name) && existsSync(file);
  return isKnown ? (loadScript(file) as Validator) : undefined;
}
