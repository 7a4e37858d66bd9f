import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { GENERATED } from '../kustomize/folder-files.ts';
import type { FileTree } from '../kustomize/tree.ts';
import type { Host } from './host.ts';
import { textOf } from './text-of.ts';

/** What writing a tree changes on the disk. */
export interface TreeChange {
  readonly path: string;
  readonly what: 'added' | 'changed' | 'removed' | 'not ours';
}

/** The folders that `expand` makes files in. */
const FOLDERS = ['argocd', 'base', 'overlays'];

/** How the files on the disk differ from the tree. Files that `expand` did not make do not count. */
export function compareTree(tree: FileTree, host: Host): TreeChange[] {
  const wanted = [...tree].map(([path, text]) => ({ path, what: fileChange(path, text, host) }));
  const stale = FOLDERS.flatMap(folder => host.listFiles(folder).map(file => `${folder}/${file}`))
    .filter(path => !tree.has(path) && isOurs(textOf(path, host)))
    .map(path => ({ path, what: 'removed' as const }));
  return [...wanted, ...stale]
    .filter((change): change is TreeChange => change.what !== 'same')
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function fileChange(path: string, text: string, host: Host): TreeChange['what'] | 'same' {
  if (!host.exists(path)) return 'added';
  const before = textOf(path, host);
  if (!isOurs(before)) return 'not ours';
  return before === text ? 'same' : 'changed';
}

function isOurs(text: string): boolean {
  return text.startsWith(GENERATED);
}

/**
 * Makes the disk hold the tree. All new text is written beside its place first; then it is moved
 * in, which needs no space and cannot half-write a file. If a move fails, all is put back.
 */
export function writeTree(tree: FileTree, changes: readonly TreeChange[], { cwd }: Host): void {
  const at = (path: string): string => join(cwd, path);
  const removed = changes.filter(({ what }) => what === 'removed').map(({ path }) => path);
  const written = changes.filter(({ what }) => what !== 'removed').map(({ path }) => path);
  const release = holdSignals();
  try {
    for (const path of written) stage(at(path), tree.get(path) ?? '');
    moveIn(written.map(at), removed.map(at));
  } finally {
    for (const path of written) rmSync(stagedPath(at(path)), { force: true });
    release();
  }
  for (const path of removed) removeEmptyFolders(dirname(path), cwd);
}

function moveIn(written: readonly string[], removed: readonly string[]): void {
  const before = [...written, ...removed].map(path => [path, bytesOf(path)] as const);
  try {
    for (const path of written) renameSync(stagedPath(path), path);
    for (const path of removed) rmSync(path);
  } catch (error) {
    for (const [path, bytes] of before) {
      if (bytes === undefined) rmSync(path, { force: true });
      else writeFileSync(path, bytes);
    }
    throw error;
  }
}

function bytesOf(path: string): Uint8Array | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}

function stage(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(stagedPath(path), text);
}

function stagedPath(path: string): string {
  return `${path}.rem-secrets-new`;
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

function removeEmptyFolders(folder: string, cwd: string): void {
  for (let path = folder; path !== '.' && path !== ''; path = dirname(path)) {
    try {
      rmdirSync(join(cwd, path));
    } catch {
      return; // Not empty.
    }
  }
}
