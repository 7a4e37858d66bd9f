import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Script } from 'node:vm';
import { attempt } from '../core/json.ts';
import { tunedByLength, underUsualFlags } from './tune.ts';

/** The root of the package: sources in generator/ and scripts in dist/ are both two folders deep. */
const root = join(import.meta.dirname, '../..');
const folder = join(root, 'dist/compiled');

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

function requireFrom(file: string): (id: string) => unknown {
  return id => {
    if (loaded.has(id)) return loaded.get(id);
    return id.startsWith('.') ? loadScript(resolve(dirname(file), id)) : require(id);
  };
}

interface Compiled {
  readonly script: Script;
  readonly source: Buffer;
  readonly runs: number;
}

/** Scripts that this run adds code to, by `nameOf`: V8 compiles what is called, and no single run calls all. */
const growing = new Map<string, Compiled>();

/** How many runs may add to a file. */
const RUNS = 3;

/**
 * A CommonJS file as V8 compiles it: from the code that earlier runs kept, or anew. `module.enableCompileCache` of Node
 * 22 keeps only what is compiled when a file is loaded: a lint takes 1.7 times the CPU with it, and 2 times with neither.
 */
function compiled(file: string): Script {
  const name = nameOf(file);
  const source = readFileSync(file);
  const text = `(function(exports,require,module,__filename,__dirname){${source}\n})`;
  const before = isKeeping ? kept(name, source) : undefined;
  const options = { filename: file, ...(before && { cachedData: before.code }) };
  const script = underUsualFlags(() => new Script(text, options));
  const runs = script.cachedDataRejected === false ? (before?.runs ?? 0) : 0;
  if (isKeeping && runs < RUNS) {
    if (growing.size === 0) process.on('exit', keepAll);
    growing.set(name, { script, source, runs });
  }
  return script;
}

/** V8 takes code only from the same version and flags. Commands have code of their own: they call other functions. */
function nameOf(file: string): string {
  const { arch, argv, env, execArgv, version } = process;
  const command = argv.slice(2, 3).filter(word => /^[a-z]+$/.test(word));
  const parts = [relative(packageFile('dist'), file), ...command, version, arch, ...execArgv];
  const words = [...parts, env['NODE_OPTIONS'] ?? ''].join(' ').trim();
  return words.replaceAll(/[^\w.]+/g, '-');
}

/** A run that ended at a mistake in its command line has nothing to add. */
function keepAll(): void {
  if (Number(process.exitCode ?? 0) > 1) return;
  underUsualFlags(() => {
    for (const [name, { script, source, runs }] of growing)
      keep(name, [script.createCachedData(), source, runs + 1]);
  });
}

/* Kept code is run, so it lies in the package, and is not read where others may write: in CI, and in a checkout that is read. */

const isKeeping = (process.env['CI'] ?? '') === '' && !isRead();

/** Whether the package lies in the checkout of the working directory, or of a path of the command line. */
function isRead(): boolean {
  const folder = realpathSync.native(root) + sep;
  const words = process.argv.slice(2).map(word => word.replace(/^-[^=]*=/, ''));
  return ['.', ...words.map(word => word.replace(/^path:/, ''))].some(path => {
    // There may be nothing, as in a working directory that is gone.
    const top = topOf(attempt(() => realpathSync.native(path)));
    return top !== undefined && folder.startsWith(join(top, sep));
  });
}

/** The folder of the checkout that a path is in; undefined: it is in none. */
function topOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  if (existsSync(join(path, '.git'))) return path;
  return dirname(path) === path ? undefined : topOf(dirname(path));
}

/** The code under a name; a file that others can write, or that cannot be read, is none. */
function kept(name: string, source: Buffer) {
  return attempt(() => {
    const path = join(folder, name);
    if (![folder, path].every(place => isTrusted(lstatSync(place)))) return undefined;
    return codeIn(readFileSync(path), source);
  });
}

/** The code in a kept file, where it is twice (a checksum takes too long), before its source and count of runs. */
function codeIn(bytes: Buffer, source: Buffer) {
  const size = Math.max(0, Math.floor((bytes.length - source.length - 1) / 2));
  const code = bytes.subarray(0, size);
  const runs = bytes.at(-1) ?? 0;
  const isWhole =
    code.equals(bytes.subarray(size, 2 * size)) && source.equals(bytes.subarray(2 * size, -1));
  return size > 0 && isWhole && runs > 0 && runs <= RUNS ? { code, runs } : undefined;
}

/** Writes a file at once, where the package is the user's own: others see all of it or none. */
function keep(name: string, [code, source, runs]: readonly [Buffer, Buffer, number]): void {
  const path = join(folder, name);
  const unfinished = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    if (lstatSync(dirname(folder)).uid !== process.getuid?.()) return;
    mkdirSync(folder, { mode: 0o755, recursive: true });
    if (!isTrusted(lstatSync(folder))) return;
    try {
      const bytes = Buffer.concat([code, code, source, Buffer.of(runs)]);
      writeFileSync(unfinished, bytes, { flag: 'wx', mode: 0o644 });
      renameSync(unfinished, path);
    } finally {
      rmSync(unfinished, { force: true });
    }
  } catch {
    // Nothing can be written there, or the disk is full.
  }
}

/** Whether the user or root wrote it, and nobody else can. A link is never so: its mode lets all write. */
function isTrusted({ uid, mode }: Stats): boolean {
  return (uid === 0 || uid === process.getuid?.()) && (mode & 0o022) === 0;
}

function packageFile(path: string): string {
  return join(root, path);
}

/** What `#start` gives: all that exists for speed alone. */
export const start: {
  readonly loadScript: typeof loadScript;
  readonly packageFile: typeof packageFile;
  readonly tunedByLength: typeof tunedByLength;
} = { loadScript, packageFile, tunedByLength };

// For all scripts that require it.
loaded.set('#start', { start });
