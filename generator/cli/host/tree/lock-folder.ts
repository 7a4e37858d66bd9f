import {
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { cannotWrite, isSystemError } from '../../../ground/host-error.ts';
import { isAlive, type LockRecord, nameOfRecord, newRecord, parseRecord } from './lock-record.ts';
import { statsOf } from './obstacle.ts';

/**
 * The folder that whoever writes beside it holds. In it are the holder's record, which is the name
 * of a file, and what the holder stages. It comes to its place complete, by a rename that fails where
 * another one stands, and changes hands by a rename of the record: of several, one can.
 */
export const LOCK = '.rem-secrets-writing';

/** git leaves out what a killed run left. */
const IGNORE = '.gitignore';

/** Whether somebody writes below a root, or was killed while he did. */
export function hasLock(root: string): boolean {
  return namesIn(root).some(name => name.startsWith(LOCK));
}

/** Who holds the lock; `foreign`: what stands there is not as we make it. */
export function holderOf(root: string): LockRecord | undefined | 'foreign' {
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

/** Brings a lock of one's own to its place; false: there is one. An empty folder is none. */
export function moveIn(root: string, own: LockRecord): boolean {
  const made = join(root, `${LOCK}-${nameOfRecord(own)}`);
  try {
    mkdirSync(made);
    writeFileSync(join(made, nameOfRecord(own)), '', { flag: 'wx' });
    writeFileSync(join(made, IGNORE), '*\n', { flag: 'wx' });
    renameSync(made, join(root, LOCK));
    return true;
  } catch (error) {
    removeLock(made, own);
    if (isSystemError(error) && /^(EEXIST|ENOTEMPTY|ENOTDIR)$/.test(error.code)) return false;
    throw cannotWrite(relative(process.cwd(), join(root, LOCK)), error);
  }
}

/** Takes the lock of a run that has died; false: another run has. */
export function handOver(root: string, from: LockRecord, to: LockRecord): boolean {
  const place = (record: LockRecord): string => join(root, LOCK, nameOfRecord(record));
  try {
    renameSync(place(from), place(to));
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Removes the lock, if it is still one's own. What cannot be removed is left for the next run. */
export function moveOut(root: string, own: LockRecord): void {
  const holder = holderOf(root);
  if (typeof holder !== 'object' || holder.token !== own.token) return;
  attempt(() => rmSync(join(root, LOCK, own.token), { recursive: true, force: true }));
  removeLock(join(root, LOCK), own);
}

/** The record goes last: without it the folder would be nobody's. */
function removeLock(folder: string, own: LockRecord): void {
  attempt(() => unlinkSync(join(folder, IGNORE)));
  attempt(() => unlinkSync(join(folder, nameOfRecord(own))));
  attempt(() => rmdirSync(folder));
}

/**
 * Removes what killed runs left. A staging folder is renamed first, so that one who was only slow
 * finds nothing of it any more to move in.
 */
export function removeRemains(root: string, own: LockRecord): void {
  for (const name of namesIn(join(root, LOCK)).filter(isToken)) {
    const aside = join(root, LOCK, newRecord().token);
    renameSync(join(root, LOCK, name), aside);
    rmSync(aside, { recursive: true, force: true });
  }
  for (const name of namesIn(root).filter(name => name.startsWith(`${LOCK}-`))) {
    const record = parseRecord(name.slice(LOCK.length + 1));
    if (record !== undefined && record.token !== own.token && !isAlive(record))
      removeLock(join(root, name), record);
  }
}

/** Does what may fail without harm. */
function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}
