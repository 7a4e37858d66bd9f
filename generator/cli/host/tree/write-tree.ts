import type { FileTree } from '../../../make/kustomize/tree.ts';
import { type Comparison, compareTree, type IsTouched } from './compare-tree.ts';
import { withLock } from './lock.ts';
import { hasLock } from './lock-folder.ts';
import { writeFiles } from './write-files.ts';

interface WriteOptions {
  /** Whether what the tree is made from is as it was. */
  readonly isCurrent?: () => boolean;
  readonly isTouched?: IsTouched | undefined;
}

/**
 * Makes the files below a root those of the tree, if nothing is in the way; tells how they differed.
 * Where a run was killed the next one comes to its end like any other: it looks at what is there.
 * undefined: while it waited for another run, what the tree is made from has changed.
 */
export function writeTree(
  tree: FileTree,
  root: string,
  { isCurrent = () => true, isTouched }: WriteOptions = {},
): Comparison | undefined {
  const before = compareTree(tree, root, isTouched);
  if (before.obstacles.length > 0 || (before.changes.length === 0 && !hasLock(root))) return before;
  return withLock(root, folder => {
    if (!isCurrent()) return undefined;
    const found = compareTree(tree, root, isTouched);
    if (found.obstacles.length > 0) return found;
    const written = new Map<string, string>();
    const removed: string[] = [];
    for (const { path, what } of found.changes) {
      if (what === 'removed') removed.push(path);
      else written.set(path, tree.get(path) ?? '');
    }
    writeFiles({ written, removed }, { root, folder });
    return found;
  });
}
