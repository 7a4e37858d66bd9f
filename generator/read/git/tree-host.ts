import { join, resolve } from 'node:path';
import { type FileKind, type Host, isResolved } from '../../ground/host.ts';
import { oncePerText } from '../../ground/once-per.ts';
import { isBelow } from '../inside.ts';
import type { Blobs } from './blobs.ts';
import type { TreePaths } from './tree-paths.ts';

/** A commit, and where its files would be. */
interface HostedTree {
  readonly tree: TreePaths;
  readonly blobs: Blobs;
  /** It stands in the folder that is the root of the commit. */
  readonly machine: Host;
  /** Has the files in folders of the commit written. */
  readonly onDisk: (folders: readonly string[]) => void;
}

/** What of a host is asked about a path. */
type Asked = Pick<
  Host,
  | 'entriesIn'
  | 'exists'
  | 'isFolder'
  | 'kindOf'
  | 'linkText'
  | 'listFiles'
  | 'readFile'
  | 'realPath'
  | 'sizeOf'
>;

/** The machine with the files of a commit below a folder, as seen from a folder in it. */
export function treeHost(hosted: HostedTree, from: string): Host {
  const { tree, machine, onDisk } = hosted;
  const root = machine.cwd;
  const own = ofTree({ ...hosted, tree: { ...tree, resolved: oncePerText(tree.resolved) } });
  const all = (): string[] => [...tree.folders.keys()];
  const near = (wanted: readonly string[]): string[] =>
    wanted
      .filter(place => isBelow(root, place))
      .map(place => nearestFolder(place.slice(root.length + 1), tree));
  const hostAt = (cwd: string): Host => ({
    ...machine,
    ...seenFrom(cwd, root, own, machine),
    cwd,
    onDisk: wanted => onDisk(wanted === undefined ? all() : near(wanted)),
    below: folder => hostAt(resolve(cwd, folder)),
  });
  return hostAt(from);
}

/** Answers about the tree for what is below its root, and about the machine for all else. */
function seenFrom(cwd: string, root: string, tree: Asked, machine: Host): Asked {
  const answered =
    <T>(ask: (of: Asked, path: string) => T) =>
    (path: string): T => {
      const place = isResolved(path) ? path : resolve(cwd, path);
      return isBelow(root, place) ? ask(tree, place.slice(root.length + 1)) : ask(machine, place);
    };
  return {
    readFile: answered((of, path) => of.readFile(path)),
    kindOf: answered((of, path) => of.kindOf(path)),
    linkText: answered((of, path) => of.linkText(path)),
    entriesIn: answered((of, path) => of.entriesIn(path)),
    exists: answered((of, path) => of.exists(path)),
    isFolder: answered((of, path) => of.isFolder(path)),
    realPath: answered((of, path) => of.realPath(path)),
    sizeOf: answered((of, path) => of.sizeOf(path)),
    listFiles: answered((of, path) => of.listFiles(path)),
  };
}

/** What a tree answers, of paths from its root. What it has not is not on the disk either. */
function ofTree({ tree, blobs, machine }: HostedTree): Asked {
  const { entries, folders, links, resolved } = tree;
  const entryAt = (path: string) => entries.get(resolved(path) ?? NOWHERE);
  const isFolder = (path: string): boolean => folders.has(resolved(path) ?? NOWHERE);
  const linkText = (path: string): string | undefined => {
    const folder = resolved(join(path, '..'));
    return folder === undefined
      ? undefined
      : links.get(join(folder, path.slice(path.lastIndexOf('/') + 1)));
  };
  const kindOf = (path: string): FileKind | undefined => {
    if (isFolder(path)) return 'folder';
    if (entryAt(path) !== undefined) return 'file';
    return linkText(path) === undefined ? undefined : 'link';
  };
  return {
    readFile: path => {
      const entry = entryAt(path);
      if (entry !== undefined) return blobs.bytesOf(entry);
      if (isFolder(path)) throw new Error('it is no regular file');
      return machine.readFile(path);
    },
    kindOf,
    linkText,
    entriesIn: path => folders.get(resolved(path) ?? NOWHERE),
    exists: path => resolved(path) !== undefined,
    isFolder,
    realPath: path => {
      const place = resolved(path);
      return place === undefined ? undefined : resolve(machine.cwd, place);
    },
    sizeOf: path => entryAt(path)?.size ?? machine.sizeOf(path),
    listFiles: path => filesBelow(resolved(path) ?? NOWHERE, tree),
  };
}

/** A folder with links or without, or the nearest above that is there. */
function nearestFolder(
  path: string,
  { folders, resolved }: Pick<TreePaths, 'folders' | 'resolved'>,
): string {
  const place = resolved(path);
  if (place !== undefined && folders.has(place)) return place;
  return path === ''
    ? ''
    : nearestFolder(path.slice(0, Math.max(0, path.lastIndexOf('/'))), { folders, resolved });
}

function filesBelow(folder: string, { entries, links }: TreePaths): string[] {
  const start = folder === '' ? '' : `${folder}/`;
  return [...entries.keys()]
    .filter(path => path.startsWith(start) && !links.has(path))
    .map(path => path.slice(start.length))
    .sort();
}

/** No path is like it. */
const NOWHERE = '/';
