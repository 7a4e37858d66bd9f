import { type Dirent, lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { FileKind, FolderEntry } from '../../ground/host.ts';

/** The bytes of a file: of a pipe or a device none. */
export function readRegular(path: string): Uint8Array {
  if (!statSync(path).isFile()) throw new Error('it is no regular file');
  return readFileSync(path);
}

/** What a path leads to; undefined: nothing is there. */
export function fileKind(path: string): FileKind | undefined {
  const found = attempt(() => statSync(path)) ?? attempt(() => lstatSync(path));
  return found === undefined ? undefined : kindBy(found);
}

/** What the system gives, and nothing where it refuses. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

function kindBy(found: Dirent | Stats): FileKind {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'folder';
  return found.isSymbolicLink() ? 'link' : 'other';
}

/** What a folder has, by name; undefined: it cannot be read. */
export function entriesIn(folder: string): FolderEntry[] | undefined {
  const entries = attempt(() => readdirSync(folder, { withFileTypes: true }));
  return entries
    ?.map(entry => ({ name: entry.name, kind: kindBy(entry) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The paths of the files below a folder, from there. */
export function namesBelow(folder: string): string[] {
  return filesBelow(folder)
    .map(path => relative(folder, path).split(sep).join('/'))
    .sort();
}

/**
 * The files below a folder, through no link. Node's own recursion is none for this: from Node 22 on it
 * follows links to folders.
 */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
