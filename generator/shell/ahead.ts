import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { start } from '#start';
import type { Run } from '../core/host.ts';
import { onceFor } from '../core/once.ts';
import { type Done, GONE, type Job, type Program, type RunnerData } from './runner-data.ts';

/** Programs that run in the background before their outcome is asked for. */
export interface Ahead {
  readonly start: (program: Program) => void;
  /** Waits for a program; undefined: it was not started, or has no outcome. */
  readonly take: (program: Program) => Run | undefined;
}

/** In milliseconds, until the other thread is there. */
const PATIENCE = 3_000;

/** Fewer programs end before another thread has started. */
const FEW = 4;

/**
 * Runs programs on all processors while we go on. Each outcome goes to whoever asks for exactly that program, so no
 * result depends on which of them ends first.
 */
export function aheadOf(lanes: number = availableParallelism()): Ahead {
  const waiting = new Map<string, Program>();
  const started = new Map<string, Outcome>();
  return {
    start: program => {
      const key = keyOf(program);
      if (lanes < 2 || started.has(key)) return;
      waiting.set(key, program);
      if (started.size === 0 && waiting.size < FEW) return;
      for (const [waitingKey, next] of waiting) started.set(waitingKey, runner()(next));
      waiting.clear();
    },
    take: program => {
      if (waiting.size + started.size === 0) return undefined;
      const key = keyOf(program);
      const outcome = started.get(key);
      started.delete(key);
      waiting.delete(key);
      return outcome?.();
    },
  };
}

function keyOf({ cwd, command, args, options }: Program): string {
  return JSON.stringify([cwd, command, args, options]);
}

/** Waits for what became of a program. */
type Outcome = () => Run | undefined;

/** Starts the other thread. Ours goes on, and sleeps only when an outcome is asked for. */
const runner = onceFor((): ((program: Program) => Outcome) => {
  const threads: typeof import('node:worker_threads') = createRequire(import.meta.filename)(
    'node:worker_threads',
  );
  const { port1, port2 } = new threads.MessageChannel();
  const state = new Int32Array(new SharedArrayBuffer(4 * (availableParallelism() + 1)));
  const workerData: RunnerData = { port: port2, state };
  const file = start.packageFile('dist/bundle/runner.cjs');
  const thread = new threads.Worker(file, { workerData, transferList: [port2], execArgv: [] });
  thread.on('error', () => {}); // Without it we run the programs ourselves.
  thread.unref();
  process.once('exit', () => state.slice(1).filter(Boolean).forEach(end));
  const done = new Map<number, Done>();
  let isGone = false;
  const listen = (): void => {
    const before = Atomics.load(state, 0);
    const found = threads.receiveMessageOnPort(port1);
    if (found !== undefined) done.set(found.message.id, found.message);
    else if (before === GONE) isGone = true;
    else if (Atomics.wait(state, 0, before, PATIENCE) === 'timed-out') isGone = before === 0;
  };
  let jobs = 0;
  return program => {
    const job: Job = { ...program, id: jobs++ };
    port1.postMessage(job);
    return () => {
      while (!done.has(job.id) && !isGone) listen();
      const run = done.get(job.id)?.run;
      done.delete(job.id);
      return run;
    };
  };
});

/** Ends a program that nobody waits for any more. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
