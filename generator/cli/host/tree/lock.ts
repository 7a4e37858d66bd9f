import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { HostError } from '../../../ground/host-error.ts';
import { sleep } from '../sleep.ts';
import { handOver, holderOf, LOCK, moveIn, moveOut, removeRemains } from './lock-folder.ts';
import { isAlive, type LockRecord, newRecord } from './lock-record.ts';

/** How long to wait for another run, in milliseconds: it writes for a part of a second. */
const PATIENCE = 10_000;

/** How often to look again at a lock that is not as we make it: it may be changing hands. */
const LOOKS = 20;

/** Writes below a root while no other run does; hands on an empty folder to stage files in. */
export function withLock<T>(
  root: string,
  use: (staging: string) => T,
  patience: number = PATIENCE,
): T {
  const own = take(root, Date.now() + patience);
  const release = holdSignals();
  try {
    removeRemains(root, own);
    const staging = join(root, LOCK, own.token);
    mkdirSync(staging);
    return use(staging);
  } catch (error) {
    const holder = holderOf(root);
    if (typeof holder !== 'string' && holder?.token === own.token) throw error;
    throw new HostError('another run took this one for dead, and writes in its place');
  } finally {
    moveOut(root, own);
    release();
  }
}

function take(root: string, deadline: number): LockRecord {
  for (let look = 0; ; look++) {
    const own = newRecord();
    const holder = holderOf(root);
    if (holder === undefined && moveIn(root, own)) return own;
    if (typeof holder === 'object' && !isAlive(holder) && handOver(root, holder, own)) return own;
    if (holder === 'foreign' && look > LOOKS) throw new HostError(FOREIGN);
    if (Date.now() > deadline) throw new HostError(busy(holder));
    sleep(10);
  }
}

const FOREIGN = `${LOCK} is in the way, and rem-secrets did not make it: move it away, or delete it`;

function busy(holder: ReturnType<typeof holderOf>): string {
  if (typeof holder !== 'object') return 'other runs are writing here; run it again';
  const { pid, host, since } = holder;
  const time = new Date(since).toISOString();
  return `process ${pid} on ${host} has been writing here since ${time}; run again when it has ended`;
}

/** Ctrl-C waits until the tree is whole: that takes milliseconds. */
function holdSignals(): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const ignore = (): void => {};
  for (const signal of signals) process.on(signal, ignore);
  return () => {
    for (const signal of signals) process.off(signal, ignore);
  };
}
