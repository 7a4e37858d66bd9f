import { dirname } from 'node:path';
import type { FolderEntry } from '../../ground/host.ts';
import { LEADS_OUT, NOTHING } from '../inside.ts';
import type { Blobs } from './blobs.ts';
import { GIT_FOLDER, type TreeEntry, unwritable } from './commit-tree.ts';

/** What a commit has, by paths from its root, which is the empty path. */
export interface TreePaths {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  /** What stands in each folder, by name. */
  readonly folders: ReadonlyMap<string, readonly FolderEntry[]>;
  /** What links say. One that leaves the tree is cut: what it names is of the machine, not of the commit. */
  readonly links: ReadonlyMap<string, string>;
  /** Where a path leads when all links are followed; undefined: nowhere in the tree. */
  readonly resolved: (path: string) => string | undefined;
}

/** Looks a commit over, without a file on any disk. `.git` makes its root that of a repository. */
export function treePaths(all: readonly TreeEntry[], blobs: Blobs): TreePaths {
  const entries = new Map(all.map(entry => [entry.path, entry]));
  const folders = foldersOf(all);
  const [twice] = [...folders.keys()].filter(path => entries.has(path));
  const last = all.find(entry => entries.get(entry.path) !== entry);
  if (twice !== undefined || last !== undefined) throw unwritable(twice ?? last?.path ?? '');
  const written = new Map(
    all.filter(isLink).map(entry => [entry.path, linkText(entry, blobs)] as const),
  );
  const isThere = (path: string): boolean => entries.has(path) || folders.has(path);
  const isFolder = (path: string): boolean => folders.has(path);
  const resolved = (path: string): string | undefined =>
    followed(path, { links: written, isThere, isFolder });
  const links = new Map(
    [...written].map(([path, text]) => {
      const isKept = text.startsWith(NOTHING) || resolved(path) !== undefined;
      return [path, isKept ? text : NOWHERE];
    }),
  );
  return { entries, folders, links, resolved };
}

const NOWHERE = NOTHING + LEADS_OUT;

/** What git could not give stands there as a link to nothing, which tells why. */
export function isLink({ kind, reason }: TreeEntry): boolean {
  return kind === 'link' || reason !== undefined;
}

function linkText(entry: TreeEntry, blobs: Blobs): string {
  if (entry.reason !== undefined) return NOTHING + entry.reason;
  const text = blobs.bytesOf(entry).toString();
  return text !== '' && text.length < 1024 && !text.includes('\0') ? text : NOWHERE;
}

function foldersOf(all: readonly TreeEntry[]): Map<string, FolderEntry[]> {
  const folders = new Map<string, FolderEntry[]>([['', []]]);
  const add = (path: string, kind: FolderEntry['kind']): void => {
    const folder = folderOf(path);
    if (!folders.has(folder)) {
      folders.set(folder, []);
      add(folder, 'folder');
    }
    folders.get(folder)?.push({ name: path.slice(path.lastIndexOf('/') + 1), kind });
  };
  folders.set(GIT_FOLDER, []);
  add(GIT_FOLDER, 'folder');
  for (const entry of all) add(entry.path, isLink(entry) ? 'link' : 'file');
  for (const entries of folders.values()) entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return folders;
}

function folderOf(path: string): string {
  return path.includes('/') ? dirname(path) : '';
}

interface Places {
  readonly links: ReadonlyMap<string, string>;
  readonly isThere: (path: string) => boolean;
  readonly isFolder: (path: string) => boolean;
}

/** As many links as Linux follows (path_resolution(7)). */
const MOST_LINKS = 40;

function followed(path: string, places: Places, left: number = MOST_LINKS): string | undefined {
  const { place, link } = walked(path, places);
  if (link !== undefined)
    return left === 0 || link.text.startsWith('/')
      ? undefined
      : followed(`${link.folder}/${link.text}/${link.rest}`, places, left - 1);
  // To what git keeps for itself no link leads.
  const isRefused = place === GIT_FOLDER && left < MOST_LINKS;
  return isRefused || !places.isThere(place ?? NOWHERE) ? undefined : place;
}

/** Where a walk comes to: what is named, if it is there, or the first link on the way. */
interface Walk {
  readonly place?: string;
  readonly link?: Readonly<Record<'folder' | 'text' | 'rest', string>>;
}

function walked(path: string, { links, isFolder }: Places): Walk {
  const steps = path.split('/').filter(step => step !== '');
  let place = '';
  for (const [index, step] of steps.entries()) {
    const next = isFolder(place) ? stepped(place, step) : undefined;
    if (next === undefined) return {};
    const text = links.get(next);
    if (text !== undefined)
      return { link: { folder: place, text, rest: steps.slice(index + 1).join('/') } };
    place = next;
  }
  return { place };
}

/** Where a step leads from a folder; undefined: out of the tree. */
function stepped(folder: string, step: string): string | undefined {
  if (step === '.') return folder;
  if (step !== '..') return folder === '' ? step : `${folder}/${step}`;
  return folder === '' ? undefined : folderOf(folder);
}
