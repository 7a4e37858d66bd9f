import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  type Dirent,
  existsSync,
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
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { serve } from '#served';
import { start } from '#start';
import { ask } from '#terminal';
import {
  type FileKind,
  type FolderEntry,
  type Host,
  isResolved,
  isSystemError,
  type Run,
  type Scratch,
} from '../core/host.ts';
import { onceFor } from '../core/once.ts';
import type { Validator } from '../core/schema.ts';
import { type Ahead, aheadOf } from './ahead.ts';
import type { Program } from './runner-data.ts';
import {
  hasColors,
  hasLines,
  type Progress,
  print,
  progressOn,
  readStdin,
  tell,
  tellReport,
  tellShown,
} from './streams.ts';
import type { OnRead } from './tune.ts';

/** The machine we are on, as seen from a folder. */
export function nodeHost(cwd: string, run: Once = once()): Host {
  const { take, progress } = run;
  const cleared =
    <T extends readonly unknown[], R>(use: (...args: T) => R) =>
    (...args: T): R => {
      progress.clear();
      return use(...args);
    };
  const at = (path: string): string => (isResolved(path) ? path : resolve(cwd, path));
  return {
    cwd,
    readFile: path => {
      progress.reads(path);
      return take(readRegular(at(path)));
    },
    kindOf: path => fileKind(at(path)),
    linkText: path => attempt(() => readlinkSync(at(path))),
    entriesIn: folder => entriesIn(at(folder)),
    exists: path => existsSync(at(path)),
    isFolder: path => statSync(at(path)).isDirectory(),
    // Not Node's own: it takes `link/..` for the folder that the link is in.
    realPath: path => attempt(() => realpathSync.native(at(path))),
    sizeOf: path => statSync(at(path)).size,
    listFiles: folder => (existsSync(at(folder)) ? namesBelow(at(folder)) : []),
    readStdin: () => take(readStdin()),
    stdout: cleared(print),
    stderr: cleared(tell),
    stderrReport: cleared(tellReport),
    ask: cleared((question, isHidden) => ask(question, isHidden)),
    env: name => process.env[name],
    wait: milliseconds => new Promise(resolved => setTimeout(resolved, milliseconds)),
    hasColors,
    progress: progress.says,
    run: (command, args, options) => {
      progress.runs(basename(command), args);
      const program = { cwd, command, args, options };
      const ran = run.ahead.take(program) ?? runProgram(program);
      return { ...ran, stdout: take(ran.stdout) };
    },
    serve: (command, args) => serve(cwd, command, args),
    now: () => Date.now(),
    below: folder => nodeHost(at(folder), run),
    startAhead: (command, args, options) => run.ahead.start({ cwd, command, args, options }),
    scratchFolder: () => scratchHost(run.room(), run),
    withScratch: use => withScratchFolder(folder => use(scratchHost(folder, run))),
    packageFile: start.packageFile,
    validators,
    kept: () => undefined,
  };
}

/** What a run has once, whichever folder it sees the machine from. */
interface Once {
  readonly take: OnRead;
  readonly progress: Progress;
  readonly ahead: Ahead;
  /** The path of a new folder, which is gone at the end of the run. */
  readonly room: () => string;
}

function once(): Once {
  const progress = progressOn({
    isSeen: () => (process.env['CI'] ?? '') === '' && hasLines('stderr'),
    write: tellShown,
    elapsed: () => process.uptime() * 1000,
  });
  const folder = onceFor(lastingFolder);
  let rooms = 0;
  const room = (): string => join(folder(), String(rooms++));
  return { take: start.tunedByLength(), progress, ahead: aheadOf(), room };
}

function scratchHost(cwd: string, run: Once): Scratch {
  const at = (path: string): string => resolve(cwd, path);
  const makeFolder = (path: string): void => void mkdirSync(at(path), { recursive: true });
  return {
    ...nodeHost(cwd, run),
    makeFolder,
    writeFile: (path, bytes, mode = 0o644) => {
      makeFolder(dirname(path));
      writeFileSync(at(path), bytes, { mode, flag: 'wx' });
    },
    link: (text, path) => {
      if (attempt(() => readlinkSync(at(path))) !== undefined) rmSync(at(path));
      symlinkSync(text, at(path));
    },
    below: folder => scratchHost(at(folder), run),
  };
}

function runProgram({ cwd, command, args, options: runOptions = {} }: Program): Run {
  const { input, env, isBinary, mostBytes = 1 << 30 } = runOptions;
  const options = {
    cwd,
    encoding: isBinary === true ? 'latin1' : 'utf8',
    maxBuffer: mostBytes,
    ...(input !== undefined && { input }),
    ...(env !== undefined && { env }),
  } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (isSystemError(error) && error.code === 'ENOENT')
    return { status: 127, stdout: '', stderr: error.message };
  if (isSystemError(error) && error.code === 'ENOBUFS' && runOptions.mostBytes !== undefined)
    return { status: 1, stdout: '', stderr: '' };
  // EPIPE: it has run, and has not read all of its stdin.
  const isRun = isSystemError(error) && error.code === 'EPIPE' && status !== null;
  if (error !== undefined && !isRun) throw error;
  return { status: status ?? 1, stdout, stderr };
}

/** Validators are compiled by the build, one file a kind, and loaded when first asked for. */
function validators(apiVersion: string, kind: string, release?: string): Validator | undefined {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['v1', apiVersion];
  const name = `${group}/${kind.toLowerCase()}_${version}`;
  if (!/^[a-z0-9.-]+\/[a-z0-9_]+$/.test(name)) return undefined;
  const changed =
    release === undefined ? undefined : validatorIn(`dist/kinds/versions/${release}/${name}.cjs`);
  return changed ?? validatorIn(`dist/kinds/${name}.cjs`);
}

function validatorIn(path: string): Validator | undefined {
  const file = start.packageFile(path);
  return existsSync(file) ? (start.loadScript(file) as Validator) : undefined;
}

function readRegular(path: string): Uint8Array {
  if (!statSync(path).isFile()) throw new Error('it is no regular file');
  return readFileSync(path);
}

function fileKind(path: string): FileKind | undefined {
  const found = attempt(() => statSync(path)) ?? attempt(() => lstatSync(path));
  return found === undefined ? undefined : kindBy(found);
}

/** Undefined where the system refuses. */
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

function entriesIn(folder: string): FolderEntry[] | undefined {
  const entries = attempt(() => readdirSync(folder, { withFileTypes: true }));
  return entries
    ?.map(entry => ({ name: entry.name, kind: kindBy(entry) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function namesBelow(folder: string): string[] {
  return filesBelow(folder)
    .map(path => relative(folder, path).split(sep).join('/'))
    .sort();
}

/** The files below a folder. Node's own recursion follows links to folders from Node 22 on; this follows none. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

/**
 * Lends out a new empty folder, and removes it, also after a signal. A handler of ours could not run while we wait
 * for another program, so a process in a session of its own, which Ctrl-C does not reach, looks after the folder.
 * Even SIGKILL leaves nothing behind.
 */
function withScratchFolder<T>(use: (folder: string) => T): T {
  const { folder, remove } = scratchFolder();
  try {
    return use(folder);
  } finally {
    remove();
  }
}

/** A new empty folder, which is gone when the process ends, whatever ends it. */
function lastingFolder(): string {
  const { folder, remove } = scratchFolder();
  if (lasting.length === 0) process.on('exit', endAll);
  lasting.push(remove);
  return folder;
}

const lasting: (() => void)[] = [];

function endAll(): void {
  for (const remove of lasting) remove();
}

function scratchFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = join(realpathSync(tmpdir()), `rem-secrets-${random()}${random()}`);
  const keeper = keeperOf(folder);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    keeper.kill('SIGKILL'); // What we did not make we do not remove.
    throw error;
  }
  const remove = (): void => {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // The other process removes what we cannot, as when no more files can be opened.
    }
    keeper.stdin?.destroy();
  };
  return { folder, remove };
}

/** Reads the path of a folder, waits for the end of stdin, and removes the folder. */
const REMOVE_AT_END = 'IFS= read -r folder || exit; read -r _; rm -rf -- "$folder"';

/** Started before the folder is made: a signal may come in between. */
function keeperOf(folder: string): ChildProcess {
  const keeper = spawn('/bin/sh', ['-c', REMOVE_AT_END], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  keeper.on('error', () => {}); // Without a shell the folder still goes at a usual end.
  keeper.stdin?.on('error', () => {});
  keeper.stdin?.write(`${folder}\n`);
  keeper.unref();
  // It is a socket, which shall not keep the run from ending; or absent, if the shell did not start.
  const stdin = keeper.stdin ?? {};
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return keeper;
}

/** Whoever guesses a name can only stop us, as we never use a folder that is there. */
function random(): string {
  return Math.random().toString(36).slice(2);
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls `act` before a signal ends the run, as long as the returned function has not been called. */
export function beforeEnd(act: () => void): () => void {
  const end = (signal: NodeJS.Signals): void => {
    forget();
    act();
    process.kill(process.pid, signal);
  };
  const forget = (): void => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  return forget;
}
