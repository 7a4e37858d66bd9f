import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Host, isResolved } from '../core/host.ts';
import { oncePerText } from '../core/once.ts';

/** The folder that files read at a path may not leave: its git repository, or the folder. Undefined: none. */
export function rootOf(path: string, host: Host): string | undefined {
  const place = host.realPath(path);
  if (place === undefined) return undefined;
  const start = host.isFolder(place) ? place : dirname(place);
  for (let folder = start; ; folder = dirname(folder)) {
    if (host.exists(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return start;
  }
}

/** Whether a path, with links followed, leads to a root or below it. No link may lead into `.git`, which holds tokens. */
export function isInside(root: string, path: string, host: Host): boolean {
  const place = host.realPath(path);
  if (place === undefined || !isBelow(root, place)) return false;
  return !isOfGit(relative(root, place)) || isOfGit(resolve(host.cwd, path));
}

function isOfGit(path: string): boolean {
  return path.split(sep).includes('.git');
}

/** The real path of a path inside a root; undefined: it is outside. */
export function placeInside(root: string, path: string, host: Host): string | undefined {
  const place = host.realPath(path);
  return place !== undefined && isInside(root, place, host) ? place : undefined;
}

/** The machine without the files outside of a path's root. */
export function within(path: string, host: Host): Host {
  const root = rootOf(path, host);
  const isThere = (file: string): boolean => root !== undefined && isInside(root, file, host);
  return { ...host, exists: isThere, kindOf: at => (isThere(at) ? host.kindOf(at) : undefined) };
}

/** Why a file or folder that a user names is not read; undefined: it is. A link must not lead out of its repository. */
export function refusalOf(path: string, host: Host): string | undefined {
  const kind = host.kindOf(path);
  if (kind === undefined) return `there is no ${path}`;
  if (kind === 'other') return `${path} is no regular file`;
  const here = rootOf('.', host);
  const named = resolve(host.realPath('.') ?? host.cwd, path);
  const root = here !== undefined && isBelow(here, named) ? here : rootOf(dirname(named), host);
  const isRead = root !== undefined && isInside(root, path, host);
  return isRead ? undefined : `${path} ${whyNotFollowed(path, host)}`;
}

/** Whether a user names a regular file that may be read. */
export function isNamedFile(path: string, host: Host): boolean {
  return host.kindOf(path) === 'file' && refusalOf(path, host) === undefined;
}

/** In a checkout, a file that git could not give is a link to this path with the reason at its end. */
export const NOTHING = '/dev/null/';

export function whyNotFollowed(path: string, host: Host): string {
  const text = host.linkText(path) ?? '';
  return text.startsWith(NOTHING) ? text.slice(NOTHING.length) : LEADS_OUT;
}

export const IS_SUBMODULE = 'is a submodule: its files are in another repository';

/** Why git did not give what a path leads to, as for a submodule; undefined: it did. In a checkout an empty folder is a submodule that was not fetched. */
export function notGivenAt(root: string, path: string, host: Host): string | undefined {
  if (host.realPath(path) !== undefined) {
    const isEmpty = host.isFolder(path) && host.entriesIn(path)?.length === 0;
    return isEmpty && host.exists(join(root, '.gitmodules')) ? IS_SUBMODULE : undefined;
  }
  const text = host.linkText(path) ?? '';
  if (text.startsWith(NOTHING) && text !== NOTHING + LEADS_OUT) return text.slice(NOTHING.length);
  return dirname(path) === path ? undefined : notGivenAt(root, dirname(path), host);
}

export const LEADS_OUT = 'is a link to nothing in this repository';

/** Whether a place is a root, or below it. */
export function isBelow(root: string, place: string): boolean {
  if (isResolved(root) && isResolved(place))
    return root === place || root === '/' || place.startsWith(`${root}/`);
  const path = relative(root, place);
  return path !== '..' && !path.startsWith(`..${sep}`);
}

/** Finds out whether a place is one of these folders, or below one: their number does not matter. */
export function belowAny(folders: readonly string[]): (place: string) => boolean {
  const all = new Set(folders);
  const isOne = (place: string): boolean => all.has(place) || isIn(dirname(place), place);
  const ofFolder = oncePerText(isOne);
  const isIn = (folder: string, below: string): boolean => folder !== below && ofFolder(folder);
  return place => isOne(place.startsWith('/') ? place : resolve(place));
}

/** A place as a path from a root on. `relative` takes long, and is seldom needed. */
export function pathFrom(root: string, place: string): string {
  const isPlain = place.startsWith(`${root}/`) && isResolved(place);
  return isPlain ? place.slice(root.length + 1) : relative(root, place);
}

/** The folder that a kustomization may not leave: its repository, or the nearest above path and working directory. */
export function boundsOf(path: string, host: Host): string {
  const root = rootOf(path, host);
  if (root === undefined || host.exists(join(root, '.git'))) return root ?? host.cwd;
  let folder = host.realPath('.') ?? host.cwd;
  while (!isBelow(folder, root)) folder = dirname(folder);
  return folder;
}
