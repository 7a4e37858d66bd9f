import type { MessagePort } from 'node:worker_threads';
import type { Run, RunOptions } from '../core/host.ts';

/** A program, and how it is run. */
export interface Program {
  readonly cwd: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly options?: RunOptions | undefined;
}

/** The input of the thread that runs programs. */
export interface RunnerData {
  /** For jobs and outcomes. */
  readonly port: MessagePort;
  /** First the number of its messages, the start counted in, or GONE; then the ids of processes that run, or 0. */
  readonly state: Int32Array;
}

/** Says that the thread has ended, whatever ended it. */
export const GONE = -1;

export interface Job extends Program {
  readonly id: number;
}

/** The outcome of a job; without a run the program could not be run, or not to its end. */
export interface Done {
  readonly id: number;
  readonly run?: Run;
}
