import { spawn } from 'node:child_process';
import { workerData } from 'node:worker_threads';
import type { Run } from '../core/host.ts';
import { type Done, GONE, type Job, type RunnerData } from './runner-data.ts';

/*
 * Runs programs for the thread that waits for them, as many at a time as `state` has places for their processes. A
 * program that fails to run here is left to that thread, which runs it itself.
 */
const { port, state }: RunnerData = workerData;
Atomics.add(state, 0, 1);
process.once('exit', () => {
  Atomics.store(state, 0, GONE);
  Atomics.notify(state, 0);
});
const waiting: Job[] = [];
const free = [...state.keys()].slice(1);

/** In bytes: more is not held for an outcome that may never be asked for. */
const MOST_BYTES = 64 * 1024 * 1024;

port.on('message', (job: Job) => {
  waiting.push(job);
  begin();
});

function begin(): void {
  const place = free.pop();
  if (place === undefined) return;
  const job = waiting.shift();
  if (job === undefined) {
    free.push(place);
    return;
  }
  const over = (run?: Run): void => {
    Atomics.store(state, place, 0);
    free.push(place);
    tell({ id: job.id, ...(run && { run }) });
    begin();
  };
  try {
    runJob(job, place, over);
  } catch {
    over();
  }
}

function tell(done: Done): void {
  port.postMessage(done);
  Atomics.add(state, 0, 1);
  Atomics.notify(state, 0);
}

function runJob(
  { cwd, command, args, options: { env } = {} }: Job,
  place: number,
  over: (run?: Run) => void,
): void {
  const child = spawn(command, args, {
    cwd,
    ...(env && { env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.on('error', () => {}); // It is closed all the same, or has no streams, and that is thrown.
  Atomics.store(state, place, child.pid ?? 0);
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  let bytes = 0;
  const into =
    (chunks: Buffer[]) =>
    (chunk: Buffer): void => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_BYTES) child.kill('SIGKILL');
    };
  child.stdout.on('data', into(stdout));
  child.stderr.on('data', into(stderr));
  child.on('close', status => {
    const isRun = status !== null && status >= 0;
    over(isRun ? { status, stdout: textOf(stdout), stderr: textOf(stderr) } : undefined);
  });
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
