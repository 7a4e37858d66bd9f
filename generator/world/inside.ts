import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Host, isResolved } from '../core/host.ts';

/**
 * The folder that what is read at a path may not leave: the nearest above it, or itself, that is a
 * repository of git (has `.git`), or else the folder itself, or the one a file is in. Links are
 * followed; undefined: there is nothing at the path.
 */
export function rootOf(path: string, host: Host): string | undefined {
  const place = host.realPath(path);
  if (place === undefined) return undefined;
  const own = host.isFolder(place) ? place : dirname(place);
  for (let folder = own; ; folder = dirname(folder)) {
    if (host.exists(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return own;
  }
}

/**
 * Whether a path leads to something below a root, or to the root, when all links are followed. To
 * what git keeps for itself, tokens among it, no link leads: it has to be named.
 */
export function isInside(root: string, path: string, host: Host): boolean {
  const place = host.realPath(path);
  if (place === undefined || !isBelow(root, place)) return false;
  return !isOfGit(relative(root, place)) || isOfGit(resolve(host.cwd, path));
}

function isOfGit(path: string): boolean {
  return path.split(sep).includes('.git');
}

/** The machine as far as the root of a path reaches: what leads out of it is not there. */
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
 * Why a file or a folder that a user names is not read; undefined: it is. It may be anywhere, but it
 * has to be where its name says: a link leads no further than the repository.
 */
export function refusalOf(path: string, host: Host): string | undefined {
  const kind = host.kindOf(path);
  if (kind === undefined) return `there is no ${path}`;
  if (kind === 'other') return `${path} is no regular file`;
  const root = rootOfNamed(path, host);
  const isRead = root !== undefined && isInside(root, path, host);
  return isRead ? undefined : `${path} ${whyNotFollowed(path, host)}`;
}

/** Whether a name is that of a regular file, which is where the name says. */
export function isNamedFile(path: string, host: Host): boolean {
  return host.kindOf(path) === 'file' && refusalOf(path, host) === undefined;
}

/**
 * A link with this text and a reason stands in a checkout for what git could not give: it leads
 * nowhere, so that nothing reads it.
 */
export const NOTHING = '/dev/null/';

/** What is said of a link that is not followed. */
export function whyNotFollowed(path: string, host: Host): string {
  const text = host.linkText(path) ?? '';
  return text.startsWith(NOTHING) ? text.slice(NOTHING.length) : LEADS_OUT;
}

/** Why a submodule is not read, which is no part of the repository. */
export const IS_SUBMODULE = 'is a submodule: its files are in another repository';

export const LEADS_OUT = 'is a link to nothing in this repository';

/** The root we stand in, unless a name says that it leaves it; then that of the folder it names. */
function rootOfNamed(path: string, host: Host): string | undefined {
  const here = rootOf('.', host);
  const named = resolve(host.realPath('.') ?? host.cwd, path);
  return here !== undefined && isBelow(here, named) ? here : rootOf(dirname(named), host);
}

/** Whether a path without links is a root, or below it. */
export function isBelow(root: string, place: string): boolean {
  if (isResolved(root) && isResolved(place))
    return root === place || root === '/' || place.startsWith(`${root}/`);
  const path = relative(root, place);
  return path !== '..' && !path.startsWith(`..${sep}`);
}

/**
 * The folder that what a kustomization names may not leave: the repository that a path is in.
 * Outside of repositories, where a base may stand beside its overlays, the nearest folder above both
 * the path and the working directory.
 */
export function boundsOf(path: string, host: Host): string {
  const root = rootOf(path, host);
  if (root === undefined || host.exists(join(root, '.git'))) return root ?? host.cwd;
  let folder = host.realPath('.') ?? host.cwd;
  while (!isBelow(folder, root)) folder = dirname(folder);
  return folder;
}
