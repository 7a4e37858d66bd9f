import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Host, isResolved } from '../core/host.ts';

/**
 * The folder that files read at a path may not leave: the repository of git that the path is in (it
 * has `.git`), or else the folder at the path, or that of the file. Links are followed; undefined: there
 * is nothing at the path.
 */
export function rootOf(path: string, host: Host): string | undefined {
  const place = host.realPath(path);
  if (place === undefined) return undefined;
  const start = host.isFolder(place) ? place : dirname(place);
  for (let folder = start; ; folder = dirname(folder)) {
    if (host.exists(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return start;
  }
}

/**
 * Whether a path leads to a root, or below it, when all links are followed. A link into `.git`, where
 * tokens are, does not count: the path has to name it.
 */
export function isInside(root: string, path: string, host: Host): boolean {
  const place = host.realPath(path);
  if (place === undefined || !isBelow(root, place)) return false;
  return !isOfGit(relative(root, place)) || isOfGit(resolve(host.cwd, path));
}

function isOfGit(path: string): boolean {
  return path.split(sep).includes('.git');
}

/** The machine without the files outside of a path's root. */
export function within(path: string, host: Host): Host {
  const root = rootOf(path, host);
  const isThere = (file: string): boolean => root !== undefined && isInside(root, file, host);
  return {
    ...host,
    exists: isThere,
    kindOf: file => (isThere(file) ? host.kindOf(file) : undefined),
  };
}

/**
 * Why a file or folder that a user names is not read; undefined: it is read. It may be anywhere on the
 * machine, but a link must not lead out of the repository that it is in.
 */
export function refusalOf(path: string, host: Host): string | undefined {
  const kind = host.kindOf(path);
  if (kind === undefined) return `there is no ${path}`;
  if (kind === 'other') return `${path} is no regular file`;
  const root = rootOfNamed(path, host);
  const isRead = root !== undefined && isInside(root, path, host);
  return isRead ? undefined : `${path} ${whyNotFollowed(path, host)}`;
}

/** Whether a user names a regular file that may be read. */
export function isNamedFile(path: string, host: Host): boolean {
  return host.kindOf(path) === 'file' && refusalOf(path, host) === undefined;
}

/** A file that git could not give is a link to nothing in a checkout: this text, and the reason. */
export const NOTHING = '/dev/null/';

/** What is said of a link that is not followed. */
export function whyNotFollowed(path: string, host: Host): string {
  const text = host.linkText(path) ?? '';
  return text.startsWith(NOTHING) ? text.slice(NOTHING.length) : LEADS_OUT;
}

/** Why a submodule is not read, which is no part of the repository. */
export const IS_SUBMODULE = 'is a submodule: its files are in another repository';

export const LEADS_OUT = 'is a link to nothing in this repository';

/** The root of the working directory or, for a path that leaves it, the root of that path. */
function rootOfNamed(path: string, host: Host): string | undefined {
  const here = rootOf('.', host);
  const named = resolve(host.realPath('.') ?? host.cwd, path);
  return here !== undefined && isBelow(here, named) ? here : rootOf(dirname(named), host);
}

/** Whether a place is a root, or below it. */
export function isBelow(root: string, place: string): boolean {
  if (isResolved(root) && isResolved(place))
    return root === place || root === '/' || place.startsWith(`${root}/`);
  const path = relative(root, place);
  return path !== '..' && !path.startsWith(`..${sep}`);
}

/**
 * The folder that files of a kustomization may not leave: the repository of a path. Outside of
 * repositories it is the nearest folder above both the path and the working directory, as a base may be
 * beside its overlays.
 */
export function boundsOf(path: string, host: Host): string {
  const root = rootOf(path, host);
  if (root === undefined || host.exists(join(root, '.git'))) return root ?? host.cwd;
  let folder = host.realPath('.') ?? host.cwd;
  while (!isBelow(folder, root)) folder = dirname(folder);
  return folder;
}
