import { isUtf8 } from 'node:buffer';
import { basename, dirname, join } from 'node:path';
import type { FolderEntry, Host } from '../core/host.ts';
import { groupBy, sortBy, words } from '../core/json.ts';
import { onceFor, oncePerText } from '../core/once.ts';
import type { AppliedFolder } from '../kinds/facets.ts';
import { isBelow, isInside, LEADS_OUT, refusalOf, rootOf, whyNotFollowed } from './inside.ts';
import { whyNotRead } from './source.ts';

/** The machine whose listings leave out names, by their paths from `folder`; a named one is read all the same. */
export function excluding(host: Host, folder: string, names: readonly string[] = []): Host {
  if (names.length === 0) return host;
  const root = host.realPath(folder) ?? folder;
  const places = new Set(names.map(name => join(root, name, '.')));
  return {
    ...host,
    whole: host,
    entriesIn: path => {
      const place = host.realPath(path) ?? path;
      return host.entriesIn(path)?.filter(({ name }) => !places.has(join(place, name)));
    },
  };
}

export const NAMES: readonly string[] = words('kustomization.yaml kustomization.yml Kustomization');

export function isKustomization(name: string): boolean {
  return NAMES.includes(name);
}

/** The file that makes a folder a kustomization, even if it is a broken link. */
export function kustomizationIn(folder: string, host: Host): string | undefined {
  return NAMES.map(name => join(folder, name)).find(file => host.kindOf(file) !== undefined);
}

/** What makes manifests of a folder. Where nothing says so, the last file of a tool counts (docs/facts/argocd.md#sources). */
export function toolFor(
  folder: string,
  { tool }: Pick<AppliedFolder, 'tool'>,
  host: Host,
): NonNullable<AppliedFolder['tool']> {
  if (tool !== undefined) return tool;
  const isChart = (name: string): boolean => name.endsWith('Chart.yaml');
  const files = host.entriesIn(folder)?.filter(({ kind }) => kind !== 'folder') ?? [];
  const names = files
    .map(({ name }) => name)
    .filter(name => isChart(name) || isKustomization(name));
  const last = names.sort().at(-1);
  return last === undefined ? 'directory' : isChart(last) ? 'helm' : 'kustomize';
}

/** The folder of a kustomization, where a path names its file. */
export function builtPath(path: string): string {
  return isKustomization(basename(path)) ? dirname(path) : path;
}

/** The files of a folder and all below it. Links are followed inside the root; a folder comes once. */
export interface Listing {
  /** Paths from the folder on, sorted. */
  readonly files: readonly string[];
  /** Those that begin with a path, which is empty or ends with a slash. */
  readonly filesIn: (start: string) => readonly string[];
  readonly unread: readonly { readonly file: string; readonly reason: string }[];
  /** The place of a file, in no folder that is a link. */
  readonly placeOf: (file: string) => string;
  /** The target of the link at a place, or the place itself. */
  readonly behind: (place: string) => string;
  /** The files in `node_modules` and hidden folders around or below a place: appliers alone walk these. */
  readonly hiddenAt: (place: string) => readonly string[];
}

interface Found extends FolderEntry {
  readonly file: string;
  readonly place: string;
  readonly target: string;
}

type Top = Pick<Found, 'file' | 'place'>;

/** `isWhole`: with hidden folders too. */
export function listingOf(folder: string, host: Host, isWhole = false): Listing {
  const hidden: string[] = [];
  const isLeft = (entry: Found): boolean => {
    if (!isForeign(entry) || (isWhole && entry.name !== '.git')) return false;
    const isWalked = entry.kind === 'folder' && entry.place === entry.target;
    if (isWalked && entry.name !== '.git') hidden.push(entry.file);
    return true;
  };
  const found = foundIn(folder, isLeft, host);
  const files = found.filter(({ kind }) => kind === 'file');
  const links = found.filter(({ place, target }) => place !== target);
  const unread = found.flatMap(entry => unreadOf(entry, host));
  const places = new Map(files.map(({ file, place }) => [file, place]));
  const targets = new Map(links.map(({ place, target }) => [place, target]));
  const filesOf = oncePerText(name =>
    listingOf(join(folder, name), host, true).files.map(file => `${name}/${file}`),
  );
  const isAround = (place: string, name: string): boolean =>
    isBelow(place, join(folder, name)) || isBelow(join(folder, name), place);
  const sorted = files.map(({ file }) => file).sort();
  const inFolders = onceFor(() => byFolders(sorted));
  return {
    files: sorted,
    filesIn: start => (start === '' ? sorted : (inFolders().get(start) ?? [])),
    unread: sortBy(unread, ({ file }) => file),
    placeOf: file => places.get(file) ?? file,
    behind: place => targets.get(place) ?? place,
    hiddenAt: place => hidden.filter(name => isAround(place, name)).flatMap(filesOf),
  };
}

function byFolders(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const file of files)
    for (let end = file.indexOf('/'); end >= 0; end = file.indexOf('/', end + 1)) {
      const start = file.slice(0, end + 1);
      const all = found.get(start);
      if (all === undefined) found.set(start, [file]);
      else all.push(file);
    }
  return found;
}

/** Folders are walked before links to them, so that a file with several paths gets the one without links. */
function foundIn(folder: string, isLeft: (entry: Found) => boolean, host: Host): Found[] {
  const [root, top] = [rootOf(folder, host), host.realPath(folder)];
  if (root === undefined || top === undefined) return [];
  const visited = new Set<string>();
  const found: Found[] = [];
  const add = (entry: FolderEntry, top: Top): void => {
    const below = followed(entry, top, root, host);
    if (isLeft(below)) return;
    if (entry.kind === 'folder') walk(below);
    else found.push(below);
  };
  const walk = ({ file, place }: Top): void => {
    if (visited.has(place)) return;
    visited.add(place);
    const entries = host.entriesIn(place);
    if (entries === undefined) found.push({ file, place, kind: 'other', name: '', target: place });
    for (const entry of entries ?? []) add(entry, { file, place });
  };
  walk({ file: '', place: top });
  for (const { file, kind, place, target } of found)
    if (kind === 'folder' && place !== target) walk({ file, place: target });
  return found;
}

function followed(entry: FolderEntry, top: Top, root: string, host: Host): Found {
  const file = top.file === '' ? entry.name : `${top.file}/${entry.name}`;
  const place = join(top.place, entry.name);
  const target = entry.kind === 'link' && isInside(root, place, host) && host.realPath(place);
  const { name } = entry;
  if (typeof target === 'string')
    return { name, file, place, target, kind: host.kindOf(target) ?? 'link' };
  return { name, file, place, target: place, kind: isNamed(place, host) ? entry.kind : 'other' };
}

/** Bytes that are no UTF-8 become U+FFFD in a name, under which there is nothing. */
function isNamed(place: string, host: Host): boolean {
  return !place.includes('\uFFFD') || host.kindOf(place) !== undefined;
}

function isForeign({ name, kind }: Found): boolean {
  if (kind === 'file' || !/^\.|^node_modules$/.test(name)) return false;
  return kind === 'folder' || !/\.(ya?ml|json|sourceignore)$/.test(name);
}

function unreadOf({ name, file, kind, place }: Found, host: Host) {
  if (kind === 'link') return [{ file, reason: whyNotFollowed(place, host) }];
  if (kind !== 'other') return [];
  const reason = name === '' ? 'is a folder that cannot be read' : 'is no regular file';
  return [{ file, reason: isNamed(place, host) ? reason : 'has a name that is not UTF-8' }];
}

/** In bytes: a spec of 14,000 applications. */
const MOST_BYTES = 8 * 1024 * 1024;

/** The bytes of a spec or of settings, or a sentence that says why they are not read. */
export function readSettingsFile(file: string, host: Host): Uint8Array | string {
  if (host.kindOf(file) === undefined) return `there is no file ${file}`;
  const refusal = refusalOf(file, host);
  if (refusal !== undefined) return refusal;
  if (host.isFolder(file)) return `${file} is a folder`;
  if (isTooLarge(file, host)) return `${file} is larger than 8 MiB`;
  try {
    return host.readFile(file);
  } catch (error) {
    return `${file} cannot be read: ${whyNotRead(error)}`;
  }
}

/** Whether a file is too large for a spec or for settings. */
export function isTooLarge(file: string, host: Host): boolean {
  return host.kindOf(file) === 'file' && host.sizeOf(file) > MOST_BYTES;
}

export type TextBeside =
  | { readonly text: string; readonly reason?: undefined }
  | { readonly text?: undefined; readonly reason: string };

/** Reads a file that a spec names, inside the repository of the spec's folder. */
export function textBeside(file: string, folder: string, host: Host): TextBeside {
  if (leadsOut(file, folder, host)) return { reason: `${file} ${LEADS_OUT}` };
  const bytes = readSettingsFile(file, host);
  if (typeof bytes === 'string') return { reason: bytes };
  if (!isUtf8(bytes)) return { reason: `${file} is not UTF-8` };
  return { text: new TextDecoder().decode(bytes) };
}

/** Whether a path leads to something outside the repository of a folder. */
export function leadsOut(path: string, folder: string, host: Host): boolean {
  if (host.kindOf(path) === undefined) return false;
  const root = rootOf(folder, host);
  return root === undefined || !isInside(root, path, host);
}

/** The machine with other texts in some files, or more files, and without the `gone` folders. A build needs a copy. */
export function withFiles(
  machine: Host,
  files: ReadonlyMap<string, string>,
  gone: readonly string[] = [],
): Host {
  const host = gone.length === 0 ? machine : without(machine, gone);
  const folders = foldersOf(files.keys());
  const entries = groupBy([...files.keys(), ...folders], dirname);
  const placeOf = (path: string): string => host.realPath(path) ?? newPlace(path);
  const newPlace: (path: string) => string = oncePerText(path =>
    dirname(path) === path ? path : join(placeOf(dirname(path)), basename(path)),
  );
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
    realPath: path => host.realPath(path) ?? (isThere(path) ? newPlace(path) : undefined),
    sizeOf: path => textAt(path)?.length ?? host.sizeOf(path),
    entriesIn: folder => {
      const added = (entries.get(placeOf(folder)) ?? []).map((place): FolderEntry => {
        return { name: basename(place), kind: folders.has(place) ? 'folder' : 'file' };
      });
      return merged(host.entriesIn(folder), added);
    },
    below: folder => withFiles(machine.below(folder), files, gone),
  };
}

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

/** The folders of places, and all above these. */
export function foldersOf(places: Iterable<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const place of places)
    for (let folder = dirname(place); !folders.has(folder); folder = dirname(folder))
      folders.add(folder);
  return folders;
}

function merged(real: readonly FolderEntry[] | undefined, added: readonly FolderEntry[]) {
  if (real === undefined && added.length === 0) return undefined;
  const all = new Map([...added, ...(real ?? [])].map(entry => [entry.name, entry]));
  return sortBy([...all.values()], ({ name }) => name);
}
