import {
  closeSync,
  existsSync,
  fstatSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { Script } from 'node:vm';

const loaded = new Map<string, unknown>();
const require = createRequire(import.meta.filename);

/** Runs a CommonJS file of the package once, and files that it requires, as Node's `require` does, from kept code. */
function loadScript(file: string): unknown {
  if (loaded.has(file)) return loaded.get(file);
  const module = { exports: {} };
  compiled(file).runInThisContext()(module.exports, requireFrom(file), module, file, dirname(file));
  loaded.set(file, module.exports);
  return module.exports;
}

/** Gives exports to all scripts that require a name. */
function provide(id: string, exports: unknown): void {
  loaded.set(id, exports);
}

function requireFrom(file: string): (id: string) => unknown {
  return id => {
    if (loaded.has(id)) return loaded.get(id);
    return id.startsWith('.') ? loadScript(resolve(dirname(file), id)) : require(id);
  };
}

/** A script of this run, and how many earlier runs have added code to what is kept of it. */
interface Compiled {
  readonly script: Script;
  readonly source: Buffer;
  readonly runs: number;
}

/** Scripts that this run adds code to, by `nameOf`: V8 compiles what is called, and no single run calls all. */
const growing = new Map<string, Compiled>();

/**
 * A CommonJS file as V8 compiles it: from the code that earlier runs kept, or anew. The package does
 * this itself, as `module.enableCompileCache` of Node 22 keeps only what is compiled when a file is
 * loaded, not the functions that are called later. CPU of the installed package, medians of pairs, with
 * the code of this file as 1:
 *
 *                               Node 20        Node 22        Node 24
 *                             render  lint   render  lint   render  lint
 *     enableCompileCache           -     -     1.34  1.72     1.41  1.71
 *     nothing kept              1.46  1.74     1.59  2.08     1.58  1.99
 */
function compiled(file: string): Script {
  const name = nameOf(file);
  const { script, source, runs } = compile(file, kept(name));
  if (runs < RUNS) {
    if (growing.size === 0) process.on('exit', keepAll);
    growing.set(name, { script, source, runs });
  }
  return script;
}

function compile(file: string, before: KeptCode | undefined): Compiled {
  const source = readFileSync(file);
  const text = `(function(exports,require,module,__filename,__dirname){${source}\n})`;
  const cachedData = before && codeIn(before.bytes, source);
  const options = { filename: file, ...(cachedData && { cachedData }) };
  const script = underUsualFlags(() => new Script(text, options));
  return { script, source, runs: script.cachedDataRejected === false ? (before?.runs ?? 0) : 0 };
}

/** The code in a kept file, which ends in its source: V8 compares only lengths, and a file may be cut off. */
function codeIn(bytes: Buffer, source: Buffer): Buffer | undefined {
  const length = Math.max(0, bytes.length - source.length);
  return bytes.subarray(length).equals(source) ? bytes.subarray(0, length) : undefined;
}

/** V8 takes code only from the same version and flags. Commands have code of their own: they call other functions. */
function nameOf(file: string): string {
  const { arch, argv, env, execArgv, version } = process;
  const command = argv.slice(2, 3).filter(word => /^[a-z]+$/.test(word));
  const parts = [relative(packageFile('dist'), file), ...command, version, arch, ...execArgv];
  return [...parts, env['NODE_OPTIONS'] ?? '']
    .join(' ')
    .trim()
    .replaceAll(/[^\w.]+/g, '-');
}

/** A run that ended at a mistake in its command line has nothing to add. */
function keepAll(): void {
  if (Number(process.exitCode ?? 0) > 1) return;
  underUsualFlags(() => {
    for (const [name, { script, source, runs }] of growing)
      keep(name, () => ({
        bytes: Buffer.concat([script.createCachedData(), source]),
        runs: runs + 1,
      }));
  });
}

/*
 * Kept files hold code that later runs execute. So a file counts only if nobody but its reader and root can have
 * written it. A file that cannot be read or written is not used.
 */

interface Folder {
  readonly path: string;
  readonly mode: number;
  /** Folders above this one need no check: who can write it can change the package itself. */
  readonly within?: string;
}

interface KeptCode {
  readonly bytes: Buffer;
  /** How many runs have added to it. */
  readonly runs: number;
}

/**
 * The modification time of a kept file, in seconds, less the number of runs that have added to it. It is set last,
 * and any later write changes it. So it shows damage without a checksum, for which Node loads more than a run has
 * time for.
 */
const WRITTEN = 1e9;

/** How many runs may add to a file. */
const RUNS = 3;

/** The code under a name that most runs have added to. */
function kept(name: string): KeptCode | undefined {
  let most: KeptCode | undefined;
  for (const folder of folders()) {
    const file = read(folder, name);
    if (file !== undefined && file.runs > (most?.runs ?? 0)) most = file;
    if (most?.runs === RUNS) break;
  }
  return most;
}

/** Keeps under a name what `make` gives, in the first folder that can be written. */
function keep(name: string, make: () => KeptCode): void {
  for (const folder of folders()) if (write(folder, name, make)) return;
}

/** The package's folder, which serves all users if whoever installed it runs it; else the user's cache. */
function folders(): Folder[] {
  const { HOME = '', XDG_CACHE_HOME = '' } = process.env;
  const dist = packageFile('dist');
  const inDist = { path: join(dist, 'compiled'), mode: 0o755, within: dist };
  const cache = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(HOME, '.cache');
  return isAbsolute(cache) ? [inDist, { path: join(cache, 'rem-secrets'), mode: 0o700 }] : [inDist];
}

function read(folder: Folder, name: string): KeptCode | undefined {
  try {
    if (!isSafe(folder)) return undefined;
    const file = openSync(join(folder.path, name), 'r');
    try {
      const stats = fstatSync(file);
      const runs = stats.mtimeMs / 1000 - WRITTEN;
      return isTrusted(stats) && runs > 0 && runs <= RUNS
        ? { bytes: readFileSync(file), runs }
        : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined; // Nothing is kept there.
  }
}

/** Writes a file at once: others see all of it or none. */
function write(folder: Folder, name: string, make: () => KeptCode): boolean {
  const path = join(folder.path, name);
  const unfinished = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    if (!isReady(folder)) return false;
    const file = openSync(unfinished, 'wx', 0o644);
    try {
      const { bytes, runs } = make();
      writeFileSync(file, bytes);
      futimesSync(file, WRITTEN + runs, WRITTEN + runs);
      renameSync(unfinished, path);
    } finally {
      closeSync(file);
      rmSync(unfinished, { force: true });
    }
    return true;
  } catch {
    return false; // Nothing can be written there, or the disk is full.
  }
}

/** Makes a folder only in one of the same user: root leaves nothing in somebody's home or clone. */
function isReady(folder: Folder): boolean {
  for (const path of [dirname(folder.path), folder.path]) {
    if (existsSync(path)) continue;
    if (statSync(dirname(path)).uid !== process.getuid?.()) return false;
    mkdirSync(path, folder.mode);
  }
  return isSafe(folder);
}

/** Whether others can neither write a folder nor replace it. */
function isSafe({ path, within }: Folder): boolean {
  return isTrusted(statSync(path)) && isFixed(path, within);
}

/** In a sticky folder others can make files, but cannot replace what is there. */
function isFixed(path: string, within?: string): boolean {
  if (path === within) return true;
  const [stats, above] = [lstatSync(path), dirname(path)];
  const isSticky = isOwn(stats) && (stats.mode & 0o1000) !== 0;
  const isThere = stats.isSymbolicLink()
    ? isOwn(stats) && isFixed(realpathSync(path))
    : isSticky || isTrusted(stats);
  return isThere && (above === path || isFixed(above, within));
}

function isTrusted(stats: Stats): boolean {
  return isOwn(stats) && (stats.mode & 0o022) === 0;
}

function isOwn({ uid }: Stats): boolean {
  return uid === 0 || uid === process.getuid?.();
}

/** The root of the package: sources in generator/ and scripts in dist/ are both two folders deep. */
const root = join(import.meta.dirname, '../..');

function packageFile(path: string): string {
  return join(root, path);
}

/** A flag of V8 that delays optimization: its value for a long run, and V8's own. */
interface OptimizeLater {
  readonly flag: string;
  readonly long: number;
  readonly usual: number;
}

/**
 * V8 optimizes what runs often, gives new objects the more room the more there are, and clears that room with several
 * threads. In a run over thousands of objects all three cost more than they bring: the first a fifth of the time of a
 * diff and a sixth of a lint, the others a tenth of either, as the room gets larger than a processor's cache (`npm
 * run bench`). The flags depend on the version of Node: V8 complains about one that it does not have. Node 24
 * optimizes as late by itself.
 */
const OPTIMIZE_LATER: ReadonlyMap<string, OptimizeLater> = new Map([
  ['20', { flag: 'interrupt-budget', long: 1_500_000, usual: 67_584 }],
  ['22', { flag: 'invocation-count-for-turbofan', long: 10_000, usual: 3000 }],
  ['24', { flag: 'invocation-count-for-turbofan', long: 10_000, usual: 10_000 }],
]);

/** In bytes: how much of specs and manifests makes a run a long one. */
const LARGE = 200_000;

/** Sees all that a run reads, and returns it. */
export type OnRead = <T extends Uint8Array | string>(input: T) => T;

/** Sets V8 up for a long run when a run has read much, in one file or many. */
function tunedByLength(): OnRead {
  let taken = 0;
  return input => {
    const before = taken;
    taken += input.length;
    if (before <= LARGE && taken > LARGE) tune(true);
    return input;
  };
}

let isTuned = false;

/** V8 takes compiled code only under the flags that it was compiled under. */
function underUsualFlags<T>(compile: () => T): T {
  if (!isTuned) return compile();
  tune(false);
  try {
    return compile();
  } finally {
    tune(true);
  }
}

/** Loads node:v8 only here: a short run does without it. */
function tune(isLong: boolean): void {
  const later = OPTIMIZE_LATER.get(process.versions.node.split('.')[0] ?? '');
  if (later === undefined) return;
  const v8: typeof import('node:v8') = createRequire(import.meta.filename)('node:v8');
  v8.setFlagsFromString(`--${later.flag}=${isLong ? later.long : later.usual}`);
  v8.setFlagsFromString(`--semi-space-growth-factor=${isLong ? 1 : 2}`);
  v8.setFlagsFromString(isLong ? '--no-parallel-scavenge' : '--parallel-scavenge');
  isTuned = isLong;
}

/** What `#start` gives: all that exists for speed alone. */
export const start: {
  readonly loadScript: typeof loadScript;
  readonly packageFile: typeof packageFile;
  readonly tunedByLength: typeof tunedByLength;
} = { loadScript, packageFile, tunedByLength };

provide('#start', { start });
