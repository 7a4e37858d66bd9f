import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FileTree, GENERATED } from '../kustomize/tree.ts';
import type { Host } from './host.ts';

/** What writing a tree changes on the disk. */
export interface TreeChange {
  readonly path: string;
  readonly what: 'added' | 'changed' | 'removed' | 'not ours';
}

/** The folders that `expand` makes files in. */
const FOLDERS = ['base', 'overlays'];

/** How the files on the disk differ from the tree. Files that `expand` did not make do not count. */
export function compareTree(tree: FileTree, host: Host): TreeChange[] {
  const decode = (path: string): string => new TextDecoder().decode(host.readFile(path));
  const changes: TreeChange[] = [];
  for (const [path, text] of tree) {
    if (!host.exists(path)) changes.push({ path, what: 'added' });
    else if (!isOurs(decode(path))) changes.push({ path, what: 'not ours' });
    else if (decode(path) !== text) changes.push({ path, what: 'changed' });
  }
  for (const folder of FOLDERS) {
    for (const file of host.listFiles(folder)) {
      const path = `${folder}/${file}`;
      if (!tree.has(path) && isOurs(decode(path))) changes.push({ path, what: 'removed' });
    }
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isOurs(text: string): boolean {
  return text.startsWith(GENERATED);
}

/**
 * Makes the disk hold the tree. All new text is written beside its place first; then it is moved
 * in, which needs no space and cannot half-write a file. If a move fails, all is put back.
 */
export function writeTree(tree: FileTree, changes: readonly TreeChange[], { cwd }: Host): void {
  const staged = changes.filter(({ what }) => what !== 'removed').map(({ path }) => path);
  const removed = changes.filter(({ what }) => what === 'removed').map(({ path }) => path);
  const at = (path: string): string => join(cwd, path);
  try {
    for (const path of staged) stage(at(path), tree.get(path) ?? '');
  } catch (error) {
    for (const path of staged) rmSync(stagedPath(at(path)), { force: true });
    throw error;
  }
  const before = new Map(
    changes
      .filter(({ what }) => what !== 'added')
      .map(({ path }) => [path, readFileSync(at(path))]),
  );
  const release = holdSignals();
  try {
    for (const path of staged) renameSync(stagedPath(at(path)), at(path));
    for (const path of removed) rmSync(at(path));
  } catch (error) {
    for (const path of staged) rmSync(stagedPath(at(path)), { force: true });
    for (const path of staged) if (!before.has(path)) rmSync(at(path), { force: true });
    for (const [path, bytes] of before) writeFileSync(at(path), bytes);
    throw error;
  } finally {
    release();
  }
  for (const path of removed) removeEmptyFolders(dirname(path), cwd);
}

function stage(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(stagedPath(path), text);
}

function stagedPath(path: string): string {
  return `${path}.rem-secrets-new`;
}

/** Ctrl-C waits until the moves are done: they take milliseconds. */
function holdSignals(): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const ignore = (): void => {};
  for (const signal of signals) process.on(signal, ignore);
  return () => {
    for (const signal of signals) process.off(signal, ignore);
  };
}

function removeEmptyFolders(folder: string, cwd: string): void {
  for (let path = folder; path !== '.' && path !== ''; path = dirname(path)) {
    try {
      rmdirSync(join(cwd, path));
    } catch {
      return; // Not empty.
    }
  }
}
