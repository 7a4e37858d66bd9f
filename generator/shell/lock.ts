import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { cannot, HostError, isSystemError } from '../core/host.ts';
import { attempt } from '../core/json.ts';
import { onSignals, sleep } from './streams.ts';
import { statsOf } from './write-files.ts';

/**
 * The lock: a folder held by whoever writes in the folder around it, with the holder's record (the name of a file) and
 * what it stages. A rename puts it in place complete, or fails; a rename of the record hands it over to one alone.
 */
export const LOCK = '.rem-secrets-writing';

/** Keeps git from seeing what a killed run left. */
const IGNORE = '.gitignore';

/** How often to look again at a foreign lock: it may be changing hands. */
const LOOKS = 20;

/** Writes below a root while no other run does: it is waited for so many milliseconds. `use` stages files in an empty folder. */
export function withLock<T>(root: string, use: (staging: string) => T, patience = 10_000): T {
  const { record, release } = take(root, Date.now() + patience);
  try {
    removeRemains(root, record);
    const staging = join(root, LOCK, record.token);
    mkdirSync(staging);
    return use(staging);
  } catch (error) {
    const holder = holderOf(root);
    if (typeof holder !== 'string' && holder?.token === record.token) throw error;
    throw new HostError('another run took this one for dead, and writes in its place');
  } finally {
    moveOut(root, record);
    release();
  }
}

/** Takes the lock, and holds signals until `release` is called. They get through while another run has the lock. */
function take(root: string, deadline: number): { record: LockRecord; release: () => void } {
  for (let look = 0; ; look++) {
    const record = newRecord();
    const holder = holderOf(root);
    // Ctrl-C waits until the tree is whole: that takes milliseconds.
    const release = onSignals(() => {});
    if (holder === undefined && moveIn(root, record)) return { record, release };
    if (typeof holder === 'object' && !isAlive(holder) && handOver(root, holder, record))
      return { record, release };
    release();
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

/** Who writes. It is the name of a file, which is made, found and handed over in one step. */
type LockRecord = ReturnType<typeof newRecord>;

function newRecord() {
  return {
    pid: process.pid,
    since: Date.now(), // In milliseconds since 1970.
    // Differs between two runs of one process, and names the folder with what a run staged.
    token: randomBytes(8).toString('hex'),
    host: here(),
  };
}

function here(): string {
  return encodeURIComponent(hostname()).slice(0, 100);
}

function nameOfRecord({ pid, since, token, host }: LockRecord): string {
  return [pid, since, token, host].join('@');
}

function parseRecord(name: string): LockRecord | undefined {
  const [, pid, since, token, host] = /^(\d{1,9})@(\d{1,15})@([0-9a-f]{16})@(.+)$/.exec(name) ?? [];
  if (token === undefined || host === undefined) return undefined;
  return { pid: Number(pid), since: Number(since), token, host };
}

/** In milliseconds: a record that is older is of a run that was stopped, or was copied here. */
const LONGEST = 60_000;

/** Whether a run is at work: it began not long ago, and its process exists, if that can be known. */
function isAlive({ pid, since, host }: LockRecord): boolean {
  if (Math.abs(Date.now() - since) > LONGEST) return false;
  return host !== here() || (pid !== process.pid && hasProcess(pid));
}

function hasProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether a run writes below a root, or was killed while it did. */
export function hasLock(root: string): boolean {
  return namesIn(root).some(name => name.startsWith(LOCK));
}

/** Who holds the lock; `foreign`: something else is in its place. */
function holderOf(root: string): LockRecord | undefined | 'foreign' {
  const stats = statsOf(join(root, LOCK));
  if (stats === undefined) return undefined;
  const names = stats.isDirectory() ? namesIn(join(root, LOCK)) : ['?'];
  if (names.length === 0) return undefined;
  const records = names.flatMap(name => parseRecord(name) ?? []);
  const others = names.filter(name => name !== IGNORE && !isToken(name));
  return records.length === 1 && others.length === 1 && records[0] ? records[0] : 'foreign';
}

function namesIn(folder: string): string[] {
  return attempt(() => readdirSync(folder)) ?? [];
}

function isToken(name: string): boolean {
  return /^[0-9a-f]{16}$/.test(name);
}

/** Puts a new lock in its place; false: another one is there. An empty folder is none. */
function moveIn(root: string, record: LockRecord): boolean {
  const made = join(root, `${LOCK}-${nameOfRecord(record)}`);
  try {
    mkdirSync(made);
    writeFileSync(join(made, nameOfRecord(record)), '', { flag: 'wx' });
    writeFileSync(join(made, IGNORE), '*\n', { flag: 'wx' });
    renameSync(made, join(root, LOCK));
    return true;
  } catch (error) {
    removeLock(made, record);
    if (isSystemError(error) && /^(EEXIST|ENOTEMPTY|ENOTDIR)$/.test(error.code)) return false;
    throw cannot('write', relative(process.cwd(), join(root, LOCK)), error);
  }
}

/** Takes the lock of a run that has died; false: another run has. */
function handOver(root: string, from: LockRecord, to: LockRecord): boolean {
  const place = (record: LockRecord): string => join(root, LOCK, nameOfRecord(record));
  try {
    renameSync(place(from), place(to));
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Removes the lock, if this run still holds it. What cannot be removed is left for the next run. */
function moveOut(root: string, record: LockRecord): void {
  const holder = holderOf(root);
  if (typeof holder !== 'object' || holder.token !== record.token) return;
  attempt(() => rmSync(join(root, LOCK, record.token), { recursive: true, force: true }));
  removeLock(join(root, LOCK), record);
}

/** Removes the record last: without it the folder would be nobody's. */
function removeLock(folder: string, record: LockRecord): void {
  attempt(() => rmSync(join(folder, IGNORE)));
  attempt(() => rmSync(join(folder, nameOfRecord(record))));
  attempt(() => rmdirSync(folder));
}

/** Removes what killed runs left. A staging folder is renamed first: a slow run can move nothing from it then. */
function removeRemains(root: string, ownRecord: LockRecord): void {
  for (const name of namesIn(join(root, LOCK)).filter(isToken)) {
    const aside = join(root, LOCK, newRecord().token);
    renameSync(join(root, LOCK, name), aside);
    rmSync(aside, { recursive: true, force: true });
  }
  for (const name of namesIn(root).filter(name => name.startsWith(`${LOCK}-`))) {
    const record = parseRecord(name.slice(LOCK.length + 1));
    if (record !== undefined && record.token !== ownRecord.token && !isAlive(record))
      removeLock(join(root, name), record);
  }
}
