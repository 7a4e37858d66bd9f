import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Who writes: as a file's name it is made, found and handed on in one step, and never half there. */
export interface LockRecord {
  readonly pid: number;
  /** In milliseconds since 1970. */
  readonly since: number;
  /** Tells two runs of one process apart, and names what a run staged. */
  readonly token: string;
  readonly host: string;
}

/** No run writes for as long: one that is older was stopped, copied from elsewhere or made up. */
const LONGEST = 60_000;

const here = encodeURIComponent(hostname()).slice(0, 100);

/** The record of this process. */
export function newRecord(): LockRecord {
  const token = randomBytes(8).toString('hex');
  return { pid: process.pid, since: Date.now(), token, host: here };
}

/** A record as a file's name. */
export function nameOfRecord({ pid, since, token, host }: LockRecord): string {
  return [pid, since, token, host].join('@');
}

/** The record that a file's name is. */
export function parseRecord(name: string): LockRecord | undefined {
  const [, pid, since, token, host] = /^(\d{1,9})@(\d{1,15})@([0-9a-f]{16})@(.+)$/.exec(name) ?? [];
  if (token === undefined || host === undefined) return undefined;
  return { pid: Number(pid), since: Number(since), token, host };
}

/** Whether the run is at work: it began not long ago, and its process is there, if one can know. */
export function isAlive({ pid, since, host }: LockRecord): boolean {
  if (Math.abs(Date.now() - since) > LONGEST) return false;
  return host !== here || (pid !== process.pid && hasProcess(pid));
}

function hasProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
