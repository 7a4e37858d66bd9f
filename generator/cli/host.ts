import { spawnSync } from 'node:child_process';
import {
  type Dirent,
  existsSync,
  fstatSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { devNull } from 'node:os';
import { relative, resolve, sep } from 'node:path';
import { start } from '#start';
import type { Validator } from '../ground/schema/schema-check.ts';
import type { Take } from '../start/tune.ts';
import { isSystemError } from './host-error.ts';
import { withScratchFolder } from './scratch.ts';
import { print, readStdin, tell } from './streams.ts';

/** The machine a command runs on: the only way to files, other programs and the terminal. */
export interface Host {
  /** The working directory; all paths are relative to it. */
  readonly cwd: string;
  /** Of a regular file only: a pipe would be waited for, and a device may have no end. */
  readonly readFile: (path: string) => Uint8Array;
  /** What a path leads to; `link`: to nothing. */
  readonly kindOf: (path: string) => Kind | undefined;
  /** What a link says; undefined: it is none. */
  readonly linkText: (path: string) => string | undefined;
  /** What stands in a folder, links not followed, by name; undefined: it cannot be read. */
  readonly entriesIn: (folder: string) => readonly Entry[] | undefined;
  readonly exists: (path: string) => boolean;
  readonly isFolder: (path: string) => boolean;
  /** Where a path leads when all links are followed, from the root of the machine; undefined: nowhere. */
  readonly realPath: (path: string) => string | undefined;
  /** In bytes. */
  readonly sizeOf: (path: string) => number;
  /** All files below a folder, relative to it, with `/`, links left out; none when there is no such folder. */
  readonly listFiles: (folder: string) => string[];
  readonly readStdin: () => Uint8Array;
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

type Kind = 'file' | 'folder' | 'link' | 'other';

/** What stands in a folder. */
export interface Entry {
  readonly name: string;
  readonly kind: Kind;
}

/** How another program is run. */
export interface RunOptions {
  /** Its stdin. */
  readonly input?: string | undefined;
  /** All of its environment; without it the program has ours. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Its stdout is bytes, handed on with a character for each. */
  readonly isBinary?: boolean;
}

/** What another program did; status 127: it is not there. */
export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The machine we are on, as seen from a folder; `take` is told what a run reads. */
export function nodeHost(cwd: string, take: Take = start.tunedByLength()): Host {
  const at = (path: string): string => resolve(cwd, path);
  return {
    cwd,
    readFile: path => take(readRegular(at(path))),
    kindOf: path => kindOf(at(path)),
    linkText: path => attempt(() => readlinkSync(at(path))),
    entriesIn: folder => entriesIn(at(folder)),
    exists: path => existsSync(at(path)),
    isFolder: path => statSync(at(path)).isDirectory(),
    // Not Node's own: it takes `link/..` for the folder that the link is in.
    realPath: path => attempt(() => realpathSync.native(at(path))),
    sizeOf: path => statSync(at(path)).size,
    listFiles: folder => (existsSync(at(folder)) ? filesBelow(at(folder)) : []),
    readStdin: () => take(readStdin()),
    stdout: print,
    stderr: tell,
    hasColors,
    run: (command, args, options) => {
      const ran = run(cwd, command, args, options);
      return options?.isBinary === true ? ran : { ...ran, stdout: take(ran.stdout) };
    },
    below: folder => nodeHost(at(folder), take),
    withScratch: use => withScratchFolder(folder => use(nodeHost(folder, take))),
    validators,
  };
}

/** A terminal is a device. node:tty is loaded only then: it takes a tenth of a short run. */
function hasColors(): boolean {
  if ((process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb') return false;
  const stdout = fstatSync(1);
  if (!stdout.isCharacterDevice() || stdout.rdev === statSync(devNull).rdev) return false;
  return createRequire(import.meta.filename)('node:tty').isatty(1);
}

function readRegular(path: string): Uint8Array {
  if (!statSync(path).isFile()) throw new Error('it is no regular file');
  return readFileSync(path);
}

function kindOf(path: string): Kind | undefined {
  const found = attempt(() => statSync(path)) ?? attempt(() => lstatSync(path));
  return found === undefined ? undefined : kindBy(found);
}

/** What the system gives, and nothing where it refuses. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

function kindBy(found: Dirent | Stats): Kind {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'folder';
  return found.isSymbolicLink() ? 'link' : 'other';
}

function entriesIn(folder: string): Entry[] | undefined {
  const entries = attempt(() => readdirSync(folder, { withFileTypes: true }));
  return entries
    ?.map(entry => ({ name: entry.name, kind: kindBy(entry) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, resolve(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function run(
  cwd: string,
  command: string,
  args: readonly string[],
  { input, env, isBinary }: RunOptions = {},
): Run {
  const options = {
    cwd,
    encoding: isBinary === true ? 'latin1' : 'utf8',
    maxBuffer: 1 << 30,
    ...(input !== undefined && { input }),
    ...(env !== undefined && { env }),
  } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (isSystemError(error) && error.code === 'ENOENT')
    return { status: 127, stdout: '', stderr: error.message };
  if (error !== undefined) throw error;
  return { status: status ?? 1, stdout, stderr };
}

/** Validators are compiled by the build, one file a kind, and loaded when first asked for. */
function validators(apiVersion: string, kind: string): Validator | undefined {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['v1', apiVersion];
  const name = `${group}/${kind.toLowerCase()}_${version}`;
  const file = start.packageFile(`dist/kinds/${name}.cjs`);
  const isKnown = /^[a-z0-9.-]+\/[a-z0-9_]+$/.test(name) && existsSync(file);
  return isKnown ? (start.loadScript(file) as Validator) : undefined;
}
