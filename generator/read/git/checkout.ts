import { dirname } from 'node:path';
import { groupBy } from '../../ground/group-by.ts';
import type { Host, Scratch } from '../../ground/host.ts';
import { isInside, LEADS_OUT, NOTHING } from '../inside.ts';
import { whyNotRead } from '../manifest-source.ts';
import { blobsOf } from './blobs.ts';
import { type TreeEntry, treeOf } from './commit-tree.ts';
import { git } from './git.ts';
import { UnknownRevision } from './revision.ts';

/**
 * Hands on the files of a commit, in a folder of their own: neither the working tree nor the index
 * of the repository is touched, and git runs nothing, as it only hands over what it stores. The
 * folder is the one that the host stands in.
 */
export function withCommit<T>(commit: string, host: Host, use: (checkout: Host) => T): T {
  const prefix = git(['rev-parse', '--show-prefix'], host).stdout.replace(/\n$/, '');
  return host.withScratch(scratch => {
    checkOut(commit, host, scratch.below('tree'));
    return use(scratch.below(`tree/${prefix}`));
  });
}

function checkOut(commit: string, host: Host, tree: Scratch): void {
  const entries = treeOf(commit, host);
  try {
    writeEntries(entries, host, tree);
  } catch (error) {
    if (error instanceof UnknownRevision) throw error;
    throw new UnknownRevision(`the files of ${commit} cannot be written: ${whyNotRead(error)}`);
  }
}

/** Links come last, so that no file is written through one. `.git` makes it the root of what is read. */
function writeEntries(entries: readonly TreeEntry[], host: Host, tree: Scratch): void {
  for (const folder of new Set(['.git', ...entries.map(({ path }) => dirname(path))]))
    tree.makeFolder(folder);
  const links = new Map<string, string>();
  for (const { path, reason } of entries)
    if (reason !== undefined) links.set(path, NOTHING + reason);
  for (const [{ path, kind }, bytes] of contentsOf(entries, host)) {
    if (kind === 'link') links.set(path, bytes.toString());
    else tree.writeFile(path, bytes, kind === 'program' ? 0o755 : 0o644);
  }
  writeLinks(links, tree);
}

/** A link that leaves the tree is cut: what it names is of the machine, and not of the commit. */
function writeLinks(links: ReadonlyMap<string, string>, tree: Scratch): void {
  for (const [path, text] of links) tree.link(isLinkText(text) ? text : NOWHERE, path);
  for (const [path, text] of links) {
    const isKept = text.startsWith(NOTHING) || isInside(tree.cwd, path, tree);
    if (!isKept) tree.link(NOWHERE, path);
  }
}

const NOWHERE = NOTHING + LEADS_OUT;

function isLinkText(text: string): boolean {
  return text !== '' && text.length < 1024 && !text.includes('\0');
}

function* contentsOf(
  entries: readonly TreeEntry[],
  host: Host,
): Generator<readonly [TreeEntry, Buffer]> {
  const stored = entries.filter(({ reason }) => reason === undefined);
  const byObject = groupBy(stored, ({ object }) => object);
  for (const { object, bytes } of blobsOf(stored, host))
    for (const entry of byObject.get(object) ?? []) yield [entry, bytes];
}
