import { spawnSync } from 'node:child_process';
import {
  type Dirent,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { devNull } from 'node:os';
import { dirname, relative, resolve, sep } from 'node:path';
import { serve } from '#served';
import { start } from '#start';
import { ask } from '#terminal';
import type { Entry, FileKind, Host, Run, RunOptions, Scratch } from '../../ground/host.ts';
import { isSystemError } from '../../ground/host-error.ts';
import type { Validator } from '../../ground/schema/schema-check.ts';
import type { Take } from '../../start/tune.ts';
import { withScratchFolder } from './scratch.ts';
import { print, readStdin, tell } from './streams.ts';

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
    ask: (question, isHidden) => ask(question, isHidden),
    env: name => process.env[name],
    wait: milliseconds => new Promise(resolved => setTimeout(resolved, milliseconds)),
    hasColors,
    run: (command, args, options) => {
      const ran = run(cwd, command, args, options);
      return options?.isBinary === true ? ran : { ...ran, stdout: take(ran.stdout) };
    },
    serve: (command, args) => serve(cwd, command, args),
    now: () => Date.now(),
    below: folder => nodeHost(at(folder), take),
    withScratch: use => withScratchFolder(folder => use(scratchHost(folder, take))),
    packageFile: start.packageFile,
    validators,
    kept: () => undefined,
  };
}

/** A folder of our own. */
function scratchHost(cwd: string, take: Take): Scratch {
  const at = (path: string): string => resolve(cwd, path);
  const makeFolder = (path: string): void => void mkdirSync(at(path), { recursive: true });
  return {
    ...nodeHost(cwd, take),
    makeFolder,
    writeFile: (path, bytes, mode = 0o644) => {
      makeFolder(dirname(path));
      writeFileSync(at(path), bytes, { mode, flag: 'wx' });
    },
    link: (text, path) => {
      if (attempt(() => readlinkSync(at(path))) !== undefined) rmSync(at(path));
      symlinkSync(text, at(path));
    },
    below: folder => scratchHost(at(folder), take),
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

function kindOf(path: string): FileKind | undefined {
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

function kindBy(found: Dirent | Stats): FileKind {
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
