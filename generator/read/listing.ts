import { join } from 'node:path';
import type { FolderEntry, Host } from '../ground/host.ts';
import { isInside, rootOf, whyNotFollowed } from './inside.ts';

/**
 * The files of a folder and of all folders below it. Links are followed as far as they stay inside
 * the root. Each folder comes once, however many links lead to it: so links have an end.
 */
export interface Listing {
  /** By their paths from the folder on, sorted. */
  readonly files: readonly string[];
  readonly unread: readonly Unread[];
  /** Where a file is, no folder of it a link. */
  readonly placeOf: (file: string) => string;
  /** Where a place leads when it is that of a link, and else itself. */
  readonly behind: (place: string) => string;
}

/** Something that cannot be read, or may not be. */
interface Unread {
  readonly file: string;
  readonly reason: string;
}

/** Something in a folder, and what it leads to if it is a link that is followed. */
interface Found extends FolderEntry {
  readonly file: string;
  readonly place: string;
  readonly target: string;
}

/** A folder whose path is known, and where it really is. */
type Top = Pick<Found, 'file' | 'place'>;

/** Lists a folder. */
export function listingOf(folder: string, host: Host): Listing {
  const found = foundIn(folder, host);
  const files = found.filter(({ kind }) => kind === 'file');
  const links = found.filter(({ place, target }) => place !== target);
  const places = new Map(files.map(({ file, place }) => [file, place]));
  const targets = new Map(links.map(({ place, target }) => [place, target]));
  return {
    files: files.map(({ file }) => file).sort(),
    unread: found
      .flatMap(entry => unreadOf(entry, host))
      .sort((a, b) => (a.file < b.file ? -1 : 1)),
    placeOf: file => places.get(file) ?? file,
    behind: place => targets.get(place) ?? place,
  };
}

/** Own folders are walked before links to them: what has several paths gets its own. */
function foundIn(folder: string, host: Host): Found[] {
  const [root, top] = [rootOf(folder, host), host.realPath(folder)];
  if (root === undefined || top === undefined) return [];
  const seen = new Set<string>();
  const found = [...below({ file: '', place: top }, root, seen, host)];
  for (const { file, kind, place, target } of found) {
    // What is found here comes to the end of the list, and has its turn.
    if (kind === 'folder' && place !== target)
      found.push(...below({ file, place: target }, root, seen, host));
  }
  return found;
}

function* below(top: Top, root: string, seen: Set<string>, host: Host): Generator<Found> {
  if (seen.has(top.place)) return;
  seen.add(top.place);
  const entries = host.entriesIn(top.place);
  if (entries === undefined) yield { ...top, kind: 'other', name: '', target: top.place };
  for (const entry of entries ?? []) {
    const found = followed(entry, top, root, host);
    if (isForeign(found)) continue;
    if (entry.kind === 'folder') yield* below(found, root, seen, host);
    else yield found;
  }
}

function followed(entry: FolderEntry, top: Top, root: string, host: Host): Found {
  const file = top.file === '' ? entry.name : `${top.file}/${entry.name}`;
  const place = join(top.place, entry.name);
  const target = entry.kind === 'link' && isInside(root, place, host) && host.realPath(place);
  if (typeof target !== 'string')
    return {
      ...entry,
      file,
      place,
      target: place,
      kind: isNamed(place, host) ? entry.kind : 'other',
    };
  return { ...entry, file, place, target, kind: host.kindOf(target) ?? 'link' };
}

/** Bytes that are no UTF-8 become U+FFFD in a name, under which there is nothing. */
function isNamed(place: string, host: Host): boolean {
  return !place.includes('\uFFFD') || host.kindOf(place) !== undefined;
}

/** Hidden folders and node_modules hold no manifests of their own. */
function isForeign({ name, kind }: Found): boolean {
  if (kind === 'file' || !/^\.|^node_modules$/.test(name)) return false;
  return kind === 'folder' || !/\.(ya?ml|json)$/.test(name);
}

function unreadOf({ name, file, kind, place }: Found, host: Host): Unread[] {
  if (kind === 'link') return [{ file, reason: whyNotFollowed(place, host) }];
  return kind === 'other' ? [{ file, reason: reasonFor(name, place, host) }] : [];
}

function reasonFor(name: string, place: string, host: Host): string {
  if (!isNamed(place, host)) return 'has a name that is not UTF-8';
  return name === '' ? 'is a folder that cannot be read' : 'is no regular file';
}
