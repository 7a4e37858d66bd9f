import type { MessagePort } from 'node:worker_threads';
import type { Run, RunOptions } from '../core/host.ts';

/** A program, and how it is run. */
export interface Program {
  readonly cwd: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly options?: RunOptions | undefined;
}

/** What the thread that runs programs is given at its start. */
export interface RunnerData {
  /** Takes jobs, and gives outcomes. */
  readonly port: MessagePort;
  /** How much it has said, that it is there at first, or GONE; after it the processes that run, or 0. */
  readonly state: Int32Array;
}

/** What that thread leaves of itself, whatever ends it. */
export const GONE = -1;

/** A program that it is to run. */
export interface Job extends Program {
  readonly id: number;
}

/** What became of one; without a run it could not be run, or not to its end. */
export interface Done {
  readonly id: number;
  readonly run?: Run;
}
