import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './tree.ts';

/** How a run ended; without a code it was killed. */
export interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** A run of the launcher that is under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `expand` as a shell does: in a process group of its own. */
export function startExpand(folder: string, spec: string): Running {
  const child = spawn(join(root, 'generator/rem-secrets'), ['-f', spec, 'expand'], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', text => {
    stderr += text;
  });
  const ended = new Promise<Ended>((done, fail) => {
    child.on('error', fail);
    // What a killed run started may go on, and holds stderr; all that another one said is waited for.
    child.on('exit', code => {
      if (code === null) done({ code, stderr });
    });
    child.on('close', code => done({ code, stderr }));
  });
  return { child, ended };
}

/** Kills the run and all that is in its process group, as `kill -9 %1` does. */
export function kill({ child }: Running): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise(done => setTimeout(done, milliseconds));
}

/** Numbers from 0 to 1 that are the same for the same seed. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
