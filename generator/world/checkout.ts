import { join } from 'node:path';
import type { Host, Scratch } from '../core/host.ts';
import { git, UnknownRevision } from './git.ts';
import {
  type Blobs,
  blobsIn,
  GIT_FOLDER,
  isLink,
  type TreePaths,
  treeHost,
  treeOf,
  treePaths,
} from './git-tree.ts';
import { whyNotRead } from './source.ts';

/**
 * The machine with the files of a commit, in a folder of their own, as seen from the folder that the host
 * stands in. Neither the working tree nor the index of the repository is touched, and git runs nothing,
 * as it only hands over what it stores. Nothing is written until another program has to find it.
 */
export function commitHost(commit: string, host: Host, blobs: Blobs = blobsIn(host)): Host {
  const prefix = git(['rev-parse', '--show-prefix'], host).stdout.replace(/\n$/, '');
  const all = treeOf(commit, host);
  blobs.expect(all);
  const tree = treePaths(all, blobs);
  const disk = host.scratchFolder().below('tree');
  const write = writerOf(tree, blobs, disk);
  const onDisk = (folders: readonly string[]): void => {
    try {
      write(folders);
    } catch (error) {
      if (error instanceof UnknownRevision) throw error;
      throw new UnknownRevision(`the files of ${commit} cannot be written: ${whyNotRead(error)}`);
    }
  };
  return treeHost({ tree, blobs, machine: disk, onDisk }, join(disk.cwd, prefix));
}

/** Writes the files in folders, each once. All links are there before: no folder is one. */
function writerOf(
  tree: TreePaths,
  blobs: Blobs,
  disk: Scratch,
): (wanted: readonly string[]) => void {
  const written = new Set<string>();
  return wanted => {
    if (written.size === 0) writeLinks(tree, disk);
    for (const folder of wanted) {
      if (!written.has(folder)) writeFolder(folder, tree, blobs, disk);
      written.add(folder);
    }
  };
}

function writeLinks({ links }: TreePaths, disk: Scratch): void {
  disk.makeFolder(GIT_FOLDER);
  for (const [path, text] of links) {
    disk.makeFolder(join(path, '..'));
    disk.link(text, path);
  }
}

function writeFolder(
  folder: string,
  { entries, folders }: TreePaths,
  blobs: Blobs,
  disk: Scratch,
): void {
  disk.makeFolder(join(folder, '.'));
  for (const { name } of folders.get(folder) ?? []) {
    const entry = entries.get(join(folder, name));
    if (entry === undefined || isLink(entry)) continue;
    disk.writeFile(entry.path, blobs.bytesOf(entry), entry.kind === 'program' ? 0o755 : 0o644);
  }
}
