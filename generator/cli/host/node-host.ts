import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { serve } from '#served';
import { start } from '#start';
import { ask } from '#terminal';
import { type Host, isResolved, type Run, type Scratch } from '../../ground/host.ts';
import { isSystemError } from '../../ground/host-error.ts';
import type { Validator } from '../../ground/schema/schema-check.ts';
import { attempt, entriesIn, fileKind, namesBelow, readRegular } from './files.ts';
import { type Once, once } from './once.ts';
import type { Program } from './runner-data.ts';
import { withScratchFolder } from './scratch.ts';
import { hasColors, print, readStdin, tell, tellShown } from './streams.ts';

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
    stderrReport: cleared(tellShown),
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
    ahead: (command, args, options) => run.ahead.start({ cwd, command, args, options }),
    room: () => scratchHost(run.room(), run),
    withScratch: use => withScratchFolder(folder => use(scratchHost(folder, run))),
    packageFile: start.packageFile,
    validators,
    kept: () => undefined,
  };
}

/** A folder of our own. */
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

function runProgram({ cwd, command, args, options: given = {} }: Program): Run {
  const { input, env, isBinary, mostBytes = 1 << 30 } = given;
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
  if (isSystemError(error) && error.code === 'ENOBUFS' && given.mostBytes !== undefined)
    return { status: 1, stdout: '', stderr: '' };
  // One that reads not all of its stdin has run all the same.
  const isRun = isSystemError(error) && error.code === 'EPIPE' && status !== null;
  if (error !== undefined && !isRun) throw error;
  return { status: status ?? 1, stdout, stderr };
}

/** Validators are compiled by the build, one file a kind, and loaded when first asked for. */
function validators(apiVersion: string, kind: string, of?: string): Validator | undefined {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['v1', apiVersion];
  const name = `${group}/${kind.toLowerCase()}_${version}`;
  if (!/^[a-z0-9.-]+\/[a-z0-9_]+$/.test(name)) return undefined;
  const own = of === undefined ? undefined : validatorIn(`dist/kinds/versions/${of}/${name}.cjs`);
  return own ?? validatorIn(`dist/kinds/${name}.cjs`);
}

function validatorIn(path: string): Validator | undefined {
  const file = start.packageFile(path);
  return existsSync(file) ? (start.loadScript(file) as Validator) : undefined;
}
