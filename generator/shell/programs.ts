import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { HostError, isSystemError, type Limits, type Run, type RunOptions } from '../core/host.ts';
import { attempt } from '../core/json.ts';
import { hasEnded, keeperInput } from './keeper.ts';

/* The one place that starts kustomize, Helm, git, kubectl, kubeconform and aws: with limits on time and memory. */

export interface Program {
  readonly cwd: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly options?: RunOptions | undefined;
  readonly limits: Limits;
  /** Says to people that it runs: called again and again. */
  readonly says: () => void;
}

/** What a program may take, where neither its caller nor a person says otherwise. */
const USUAL = { seconds: 120, memory: 4096, output: 256 } as const;

/** The value of `--limits`, such as `memory=8GB,seconds=600`. */
export function limitsIn(text: string): Limits {
  const limits = text.split(',').map(part => {
    const [, name, count, unit] =
      /^(seconds|memory)=([1-9]\d{0,5})(MB|GB)?$/.exec(part.trim()) ?? [];
    if (name === undefined || (name === 'memory') !== (unit !== undefined))
      throw new HostError(
        `--limits takes a list such as memory=8GB,seconds=600, not ${JSON.stringify(text)}`,
      );
    return [name, Number(count) * (unit === 'GB' ? 1024 : 1)] as const;
  });
  return Object.fromEntries(limits);
}

/** In seconds: a program that waits takes no time of a processor. */
const PATIENCE = 300;

const MEGABYTE = 1024 * 1024;

/** Runs a program to its end, as soon as a processor is free for it. */
export function run(program: Program): Promise<Run> {
  return inPool(async () => {
    if (program.options?.isNeedless?.() === true) return NOT_RUN;
    const saying = setInterval(program.says, 500);
    const start = performance.now();
    try {
      const ran = (await byResident(program)) ?? (await toItsEnd(program));
      const seconds = Math.round((performance.now() - start) / 1000);
      return seconds > LONG ? { ...ran, seconds } : ran;
    } finally {
      clearInterval(saying);
    }
  });
}

/** In seconds: of a longer run its duration is reported. */
const LONG = 10;

const NOT_RUN: Run = { status: 'failed', stdout: '', stderr: '' };

/** The run of a resident process; undefined: there is none, or it failed, and then the program itself says why. */
async function byResident(program: Program): Promise<Run | undefined> {
  const { args, options: { resident: command, unwritten } = {} } = program;
  if (command === undefined) return undefined;
  const { seconds, memory, output, patience } = limitsOf(program);
  // It takes so much in all: what goes over it is done by the program itself, under its own limits.
  const limits = { seconds: Math.min(seconds, 20), memory: Math.min(memory, 2048) };
  const start = (): ChildProcess =>
    startProgram({ ...program, command, args: [], cwd: '/', limits }, 'pipe');
  const question = `${JSON.stringify(requestOf(args, unwritten))}\n`;
  const answer = await answered(command, start, { question, output, patience });
  return answer?.status === 'failed' && unwritten !== undefined ? undefined : answer;
}

/** What a resident program is asked, in JSON, one thing at a time. A longer answer, or a later one, is not read. */
interface Query extends Pick<AllLimits, 'output' | 'patience'> {
  readonly question: string;
}

/** Processes that wait to be asked, by their program. */
const idle = new Map<string, Set<ChildProcess>>();

/** Asks an idle process of the program, or a new one. Undefined: it went over a limit, or died of what it was asked. */
async function answered(command: string, start: () => ChildProcess, query: Query) {
  const waiting = idle.get(command) ?? new Set();
  idle.set(command, waiting);
  const [child = started(start(), waiting)] = waiting;
  waiting.delete(child);
  // It did not start, as where too many files are open: then it has no streams either.
  if (child.pid === undefined) return undefined;
  keepsUs(child, true);
  const answer = await answerOf(child, query);
  keepsUs(child, false);
  if (answer === undefined) killProgram(child);
  else waiting.add(child);
  return answer;
}

function started(child: ChildProcess, waiting: Set<ChildProcess>): ChildProcess {
  const forget = (): void => void waiting.delete(child);
  child.on('error', forget);
  child.on('exit', forget);
  child.stdin?.on('error', forget);
  child.stderr?.resume(); // Why it dies does not matter.
  return child;
}

/** Sets whether we go on as long as the process does. */
function keepsUs(child: ChildProcess, isAsked: boolean): void {
  for (const handle of [child, child.stdin, child.stdout, child.stderr]) {
    if (handle === null || !('ref' in handle && 'unref' in handle)) continue;
    const set = isAsked ? handle.ref : handle.unref;
    if (typeof set === 'function') set.call(handle);
  }
}

function answerOf(child: ChildProcess, { question, output, patience }: Query) {
  const { stdin, stdout } = child;
  const chunks: Buffer[] = [];
  let [length, awaited] = [0, 1];
  return new Promise<Run | undefined>(resolve => {
    const end = (answer?: Run): void => {
      clearTimeout(timer);
      child.off('error', fail).off('close', fail);
      stdout?.off('data', take);
      resolve(answer);
    };
    const fail = (): void => end();
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      length += chunk.length;
      if (length < awaited) return;
      const bytes = Buffer.concat(chunks);
      const parts = partsOf(bytes);
      awaited = parts?.end ?? Number.POSITIVE_INFINITY;
      if (parts === undefined || awaited > output * MEGABYTE) fail();
      else if (length >= awaited)
        end({
          status: parts.status,
          stdout: bytes.toString('utf8', parts.stdout, parts.stderr),
          stderr: bytes.toString('utf8', parts.stderr, parts.end),
        });
    };
    const timer = setTimeout(fail, patience * 1000);
    child.on('error', fail).on('close', fail);
    stdout?.on('data', take);
    stdin?.write(question);
  });
}

/** Files may have any bytes. */
function requestOf(args: readonly string[], unwritten: RunOptions['unwritten']) {
  if (unwritten === undefined) return { args };
  const { files } = unwritten;
  const all = [...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')]);
  return { args, files: Object.fromEntries(all) };
}

/** Reads the line that an answer begins with, which comes at once: where in it stdout, stderr and nothing more begin. */
function partsOf(answer: Buffer) {
  const [line, status, out, err] =
    /^(ok|failed) (\d{1,12}) (\d{1,12})\n/.exec(answer.toString('latin1', 0, 40)) ?? [];
  if (line === undefined) return undefined;
  const stderr = line.length + Number(out);
  const end = stderr + Number(err);
  const isOk = status === 'ok';
  return { status: isOk ? 'ok' : 'failed', stdout: line.length, stderr, end } as const;
}

/** Runs a program and waits for it: git gives the files of a commit, and files are read at once. */
export function runNow(program: Program): Run {
  const { cwd, options: { input, env, isBinary } = {} } = program;
  const limits = limitsOf(program);
  const { status, signal, stdout, stderr, error } = spawnSync(SHELL, argsFor(program, limits), {
    cwd,
    encoding: isBinary === true ? 'latin1' : 'utf8',
    maxBuffer: limits.output * MEGABYTE,
    timeout: limits.patience * 1000,
    killSignal: 'SIGKILL',
    ...(input !== undefined && { input }),
    ...(env !== undefined && { env }),
  });
  const code = isSystemError(error) ? error.code : '';
  const hit = code === 'ENOBUFS' ? 'output' : code === 'ETIMEDOUT' ? 'patience' : undefined;
  // EPIPE: it has run, and has not read all of its stdin.
  if (error !== undefined && hit === undefined && code !== 'EPIPE') throw error;
  return runOf({ status, signal, stdout, stderr, hit }, limits);
}

/** Starts a program that goes on until it is killed, or until we end. */
export function startProgram(program: Program, stdin: 'ignore' | 'pipe'): ChildProcess {
  const { cwd, options: { env, isAtTerminal = false } = {} } = program;
  const kept = isAtTerminal ? KEPT : KEPT_GROUP;
  const child = spawn(SHELL, argsFor(program, limitsOf(program), kept), {
    cwd,
    stdio: [stdin, 'pipe', 'pipe', keeperInput()],
    detached: !isAtTerminal,
    ...(env && { env }),
  });
  const { pid } = child;
  if (pid === undefined) return child;
  const id = isAtTerminal ? pid : -pid;
  child.on('exit', () => {
    kill(id); // A program may leave others behind.
    hasEnded(id);
  });
  return child;
}

/** Kills a program with all that it has started. */
export function killProgram({ pid }: ChildProcess): void {
  if (pid !== undefined) kill(-pid) || kill(pid);
}

/** Whether it had not ended. */
function kill(id: number): boolean {
  return attempt(() => process.kill(id, 'SIGKILL')) === true;
}

const waiting: (() => void)[] = [];
let free: number | undefined;

async function inPool<T>(use: () => Promise<T>): Promise<T> {
  free ??= availableParallelism();
  if (free > 0) free -= 1;
  else await new Promise<void>(resolve => waiting.push(resolve));
  try {
    return await use();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }
}

function toItsEnd(program: Program): Promise<Run> {
  const { input, isBinary, unwritten } = program.options ?? {};
  unwritten?.write();
  const limits = limitsOf(program);
  const child = startProgram(program, input === undefined ? 'ignore' : 'pipe');
  let hit: Hit | undefined;
  let left = limits.output * MEGABYTE;
  const stop = (limit: Hit): void => {
    hit ??= limit;
    killProgram(child);
  };
  const timer = setTimeout(() => stop('patience'), limits.patience * 1000);
  const chunksOf = (stream: ChildProcess['stdout']): Buffer[] => {
    const chunks: Buffer[] = [];
    stream?.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) stop('output');
      else chunks.push(chunk);
    });
    return chunks;
  };
  const [out, err] = [chunksOf(child.stdout), chunksOf(child.stderr)];
  child.stdin?.on('error', () => {}); // It has not read all of it.
  child.stdin?.end(input);
  const ended = new Promise<Run>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      const stdout = Buffer.concat(out).toString(isBinary === true ? 'latin1' : 'utf8');
      const stderr = Buffer.concat(err).toString('utf8');
      resolve(runOf({ status, signal, stdout, stderr, hit }, limits));
    });
  });
  return ended.finally(() => clearTimeout(timer));
}

/** A limit at which we end a program; at the others the system does. */
type Hit = 'patience' | 'output';

type AllLimits = ReturnType<typeof limitsOf>;

/** In seconds and megabytes; its patience ends a program whether it works or waits. */
function limitsOf({ options: { limits } = {}, limits: set }: Program) {
  const { seconds, memory, output } = { ...USUAL, ...limits, ...set };
  return { seconds, memory, output, patience: Math.max(PATIENCE, 3 * seconds) };
}

const SHELL = '/bin/sh';

/** A shell script that sets limits which a program cannot lift, and becomes the program. The soft limit of time sends a signal to programs in Go. */
const LIMITED =
  '{ ulimit -t "$1"; ulimit -S -t "$2"; ulimit -v "$3"; } 2>/dev/null; shift 3; exec "$@"';

/** Has the keeper know the process, or its group, before it is a program. */
const KEPT = 'echo "+$$" >&3; exec 3>&-; ';
const KEPT_GROUP = 'echo "+-$$" >&3; exec 3>&-; ';

function argsFor({ command, args }: Program, { seconds, memory }: AllLimits, kept: string = '') {
  const limits = [seconds + 2, seconds, memory * 1024].map(String);
  return ['-c', kept + LIMITED, 'sh', ...limits, command, ...args];
}

interface Ended extends Pick<Run, 'stdout' | 'stderr'> {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly hit: Hit | undefined;
}

/** What the runtime of Go, or git, says where there is no more memory. */
const OUT_OF_MEMORY =
  /^(?:runtime(?:\/cgo)?|fatal(?: error)?): .{0,60}(?:memory|cannot allocate|OS thread|pthread_create)/im;

/** What a shell says of a program that is not there. */
const ABSENT = 127;

function runOf({ status, signal, stdout, stderr, hit }: Ended, limits: AllLimits): Run {
  const over = (kind: 'too long' | 'too large', limit: string): Run => {
    return { status: kind, limit, stdout: '', stderr };
  };
  if (hit === 'patience') return over('too long', `${limits.patience} s`);
  if (hit === 'output') return over('too large', `${limits.output} MB of output`);
  if (status === 0) return { status: 'ok', stdout, stderr };
  if (signal === 'SIGXCPU' || /^SIGXCPU/m.test(stderr))
    return over('too long', `${limits.seconds} s of one processor`);
  if (signal === 'SIGKILL' || OUT_OF_MEMORY.test(stderr))
    return over('too large', `${shownMemory(limits.memory)} of memory`);
  return { status: status === ABSENT ? 'absent' : 'failed', stdout, stderr };
}

function shownMemory(megabytes: number): string {
  return megabytes % 1024 === 0 ? `${megabytes / 1024} GB` : `${megabytes} MB`;
}
