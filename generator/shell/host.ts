import type { Dirent, Stats } from 'node:fs';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { expandedText } from '#expanded';
import { serve } from '#served';
import { start } from '#start';
import { ask } from '#terminal';
import {
  type FileKind,
  type FolderEntry,
  type Host,
  isResolved,
  type Limits,
  type Run,
  type RunOptions,
  type Scratch,
} from '../core/host.ts';
import { attempt } from '../core/json.ts';
import { onceFor } from '../core/once.ts';
import type { Validator } from '../core/schema.ts';
import { lastingFolder, removeFolder } from './keeper.ts';
import { killProgram, type Program, runNow, run as runProgram, startProgram } from './programs.ts';
import {
  hasColors,
  hasLines,
  onSignals,
  type Progress,
  print,
  progressOn,
  readStdin,
  tell,
  tellReport,
  tellShown,
} from './streams.ts';
import type { OnRead } from './tune.ts';

/** The sum of the sources, which tools/build.ts puts in. */
declare const BUILD: string | undefined;

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
    listFiles: folder => (existsSync(at(folder)) ? filesBelow(at(folder)).sort() : []),
    readStdin: () => take(readStdin()),
    stdout: cleared(print),
    stderr: cleared(tell),
    stderrReport: cleared(tellReport),
    ask: cleared((question, isHidden) => ask(question, isHidden)),
    env: name => process.env[name],
    wait: milliseconds => new Promise(resolved => setTimeout(resolved, milliseconds)),
    hasColors,
    progress: progress.says,
    ...programsOn(cwd, run),
    now: () => Date.now(),
    below: folder => nodeHost(at(folder), run),
    scratchFolder: () => scratchHost(run.newFolder(), run),
    packageFile: start.packageFile,
    build: typeof BUILD === 'string' ? BUILD : undefined,
    validators,
    expanded: (folder, host) => expandedText(folder, host),
    kept: () => undefined,
  };
}

function programsOn(cwd: string, run: Once): Pick<Host, 'run' | 'runNow' | 'limit' | 'serve'> {
  const program = (command: string, args: readonly string[], options?: RunOptions): Program => {
    const says = (): void => run.progress.says([basename(command), ...args].join(' '));
    says();
    return { cwd, command, args, options, limits: run.limits, says };
  };
  const taken = (ran: Run): Run => ({ ...ran, stdout: run.take(ran.stdout) });
  return {
    run: async (...called) => taken(await runProgram(program(...called))),
    runNow: (...called) => taken(runNow(program(...called))),
    limit: limits => {
      run.limits = limits;
    },
    serve: (command, argsFor) => {
      const folder = lastingFolder();
      const socket = join(folder, 's');
      return serve({
        command,
        socket,
        start: () => startProgram(program(command, argsFor(socket)), 'ignore'),
        stop: child => {
          killProgram(child);
          removeFolder(folder);
        },
      });
    },
  };
}

/** What a run has once, whichever folder it sees the machine from. */
interface Once {
  readonly take: OnRead;
  readonly progress: Progress;
  limits: Limits;
  /** The path of a new folder, which is gone at the end of the run. */
  readonly newFolder: () => string;
}

function once(): Once {
  const progress = progressOn({
    isSeen: () => (process.env['CI'] ?? '') === '' && hasLines('stderr'),
    write: tellShown,
    elapsed: () => process.uptime() * 1000,
  });
  const folder = onceFor(lastingFolder);
  let folders = 0;
  const newFolder = (): string => join(folder(), String(folders++));
  return { take: start.tunedByLength(), progress, limits: {}, newFolder };
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

/** The files below a folder, by their paths from it. Node's own recursion follows links to folders from Node 22 on; this follows none. */
export function filesBelow(root: string, folder: string = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(root, path);
    return entry.isFile() ? [path] : [];
  });
}

/** Calls `act` before a signal ends the run, as long as the returned function has not been called. */
export function beforeEnd(act: () => void): () => void {
  const forget = onSignals(signal => {
    forget();
    act();
    process.kill(process.pid, signal);
  });
  return forget;
}
