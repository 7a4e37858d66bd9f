import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { MessagePort, Worker } from 'node:worker_threads';
import { start } from '#start';
import type { Run, RunOptions } from '../../ground/host.ts';

/** A program, and how it is run. */
export interface Program {
  readonly cwd: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly options?: RunOptions | undefined;
}

/** What the other thread is given at its start. */
export interface RunnerData {
  /** Takes jobs, and gives outcomes. */
  readonly port: MessagePort;
  /** How much it has said, that it is there at first; after it the processes that run, or 0. */
  readonly state: Int32Array;
}

/** A program that the other thread is to run. */
export interface Job extends Program {
  readonly id: number;
}

/** What became of one; without a run it could not be run, or not to its end. */
export interface Done {
  readonly id: number;
  readonly run?: Run;
}

/** Programs that run beside us before they are asked for. */
export interface Ahead {
  readonly start: (program: Program) => void;
  /** Waits for one that was started; undefined: it was not, or nothing came of it. */
  readonly take: (program: Program) => Run | undefined;
}

/** In milliseconds, until the other thread is there. */
const PATIENCE = 10_000;

/** Fewer are over before another thread has begun. */
const FEW = 4;

/**
 * Runs programs on all processors while we go on, and hands out each outcome to who asks for just
 * that program: what comes of a run does not rest on which of them is over first.
 */
export function aheadOf(lanes: number = availableParallelism()): Ahead {
  const begun = new Map<string, Job>();
  let runner: Runner | undefined;
  return {
    start: program => {
      const key = keyOf(program);
      if (lanes < 2 || begun.has(key)) return;
      const job = { ...program, id: begun.size };
      begun.set(key, job);
      if (runner !== undefined) runner.add(job);
      else if (begun.size >= FEW) runner = runnerOf([...begun.values()], lanes);
    },
    take: program => {
      if (runner === undefined) return undefined;
      const job = begun.get(keyOf(program));
      return job && runner.outcome(job);
    },
  };
}

function keyOf({ cwd, command, args, options }: Program): string {
  return JSON.stringify([cwd, command, args, options]);
}

interface Runner {
  readonly add: (job: Job) => void;
  /** Can be asked for once. */
  readonly outcome: (job: Job) => Run | undefined;
}

/** Another thread: ours goes on without looking up, and only then sleeps until something is over. */
function runnerOf(jobs: readonly Job[], lanes: number): Runner {
  const threads: typeof import('node:worker_threads') = createRequire(import.meta.filename)(
    'node:worker_threads',
  );
  const { port1, port2 } = new threads.MessageChannel();
  const state = new Int32Array(new SharedArrayBuffer(4 * (lanes + 1)));
  const workerData: RunnerData = { port: port2, state };
  const file = start.packageFile('dist/bundle/host/runner.cjs');
  const worker: Worker = new threads.Worker(file, {
    workerData,
    transferList: [port2],
    execArgv: [],
  });
  worker.unref();
  process.once('exit', () => state.slice(1).filter(Boolean).forEach(end));
  for (const job of jobs) port1.postMessage(job);
  const asked = new Set(jobs.map(({ id }) => id));
  const done = new Map<number, Done>();
  return {
    add: job => {
      asked.add(job.id);
      port1.postMessage(job);
    },
    outcome: ({ id }) => {
      if (!asked.delete(id)) return undefined;
      while (!done.has(id)) {
        const before = Atomics.load(state, 0);
        const found = threads.receiveMessageOnPort(port1);
        if (found !== undefined) done.set(found.message.id, found.message);
        else if (Atomics.wait(state, 0, before, PATIENCE) === 'timed-out' && before === 0)
          return undefined; // There is no thread.
      }
      const run = done.get(id)?.run;
      done.delete(id);
      return run;
    },
  };
}

/** What nobody waits for any more. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is over.
  }
}
