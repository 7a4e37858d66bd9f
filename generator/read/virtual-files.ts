import { basename, dirname, join } from 'node:path';
import { groupBy } from '../ground/group-by.ts';
import type { FolderEntry, Host } from '../ground/host.ts';
import { isBelow } from './inside.ts';

/**
 * The machine with more files, or with other texts in some, by their places, which have no links in
 * them; and without the folders that are `gone`. What kustomize builds of it has to be copied first.
 */
export function withFiles(
  machine: Host,
  files: ReadonlyMap<string, string>,
  gone: readonly string[] = [],
): Host {
  const host = gone.length === 0 ? machine : without(machine, gone);
  const folders = foldersOf(files.keys());
  const entries = groupBy([...files.keys(), ...folders], dirname);
  const placeOf = (path: string): string => {
    const place = host.realPath(path);
    if (place !== undefined || dirname(path) === path) return place ?? path;
    return join(placeOf(dirname(path)), basename(path));
  };
  const textAt = (path: string): string | undefined => files.get(placeOf(path));
  const isFolder = (path: string): boolean => folders.has(placeOf(path));
  const isThere = (path: string): boolean => textAt(path) !== undefined || isFolder(path);
  return {
    ...host,
    isVirtual: true,
    readFile: path => {
      const text = textAt(path);
      return text === undefined ? host.readFile(path) : new TextEncoder().encode(text);
    },
    kindOf: path =>
      textAt(path) !== undefined ? 'file' : isFolder(path) ? 'folder' : host.kindOf(path),
    exists: path => isThere(path) || host.exists(path),
    isFolder: path => textAt(path) === undefined && (isFolder(path) || host.isFolder(path)),
    realPath: path => (isThere(path) ? placeOf(path) : host.realPath(path)),
    sizeOf: path => textAt(path)?.length ?? host.sizeOf(path),
    entriesIn: folder => {
      const added = (entries.get(placeOf(folder)) ?? []).map(
        (place): FolderEntry => ({
          name: basename(place),
          kind: folders.has(place) ? 'folder' : 'file',
        }),
      );
      return merged(host.entriesIn(folder), added);
    },
    below: folder => withFiles(machine.below(folder), files, gone),
  };
}

/** The machine without folders. */
function without(host: Host, gone: readonly string[]): Host {
  const isThere = (path: string): boolean => {
    const place = host.realPath(path);
    return place === undefined || !gone.some(folder => isBelow(folder, place));
  };
  return {
    ...host,
    kindOf: path => (isThere(path) ? host.kindOf(path) : undefined),
    exists: path => isThere(path) && host.exists(path),
    realPath: path => (isThere(path) ? host.realPath(path) : undefined),
    entriesIn: folder =>
      isThere(folder)
        ? host.entriesIn(folder)?.filter(({ name }) => isThere(join(folder, name)))
        : undefined,
  };
}

/** The folders that files are in, up to the root. */
function foldersOf(places: Iterable<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const place of places)
    for (let folder = dirname(place); !folders.has(folder); folder = dirname(folder))
      folders.add(folder);
  return folders;
}

/** By name, those of the machine first. */
function merged(
  own: readonly FolderEntry[] | undefined,
  added: readonly FolderEntry[],
): readonly FolderEntry[] | undefined {
  if (own === undefined && added.length === 0) return undefined;
  const all = new Map([...added, ...(own ?? [])].map(entry => [entry.name, entry]));
  return [...all.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
