import type { Host } from '../../ground/host.ts';
import { IS_SUBMODULE } from '../inside.ts';
import { git } from './git.ts';
import { UnknownRevision } from './revision.ts';

/** Something that a commit has at a path. */
export interface TreeEntry {
  readonly path: string;
  /** A program is a file that may be run. */
  readonly kind: 'file' | 'program' | 'link' | 'submodule';
  readonly object: string;
  /** In bytes; 0 where it is not known. */
  readonly size: number;
  /** Why it cannot be had. */
  readonly reason?: string;
}

const KINDS: ReadonlyMap<string, TreeEntry['kind']> = new Map([
  ['100644', 'file'],
  ['100664', 'file'], // Of a very old git.
  ['100755', 'program'],
  ['120000', 'link'],
  ['160000', 'submodule'],
]);

/** In bytes: no host of repositories takes a file above it, and no manifest comes near. */
const MOST_BYTES = 100 * 1024 * 1024;

/** All that a commit has. A partial clone may lack contents, which nobody fetches. */
export function treeOf(commit: string, host: Host): TreeEntry[] {
  const whole = list(['-l', commit], host);
  if (whole !== undefined) return parse(whole, new Set());
  const lacking = git(['rev-list', '--objects', '--no-walk', '--missing=print', commit], host);
  const missing = [...lacking.stdout.matchAll(/^\?([0-9a-f]+)$/gm)].map(
    ([, object = '']) => object,
  );
  const listed = missing.length === 0 ? undefined : list([commit], host);
  if (listed !== undefined) return parse(listed, new Set(missing));
  throw new UnknownRevision(
    `git cannot list the files of ${commit}: is this clone partial? Run \`git fetch --refetch origin\` without a filter`,
  );
}

function list(args: readonly string[], host: Host): string | undefined {
  const ran = git(['ls-tree', '-r', '-z', '--full-tree', ...args], host, { isBinary: true });
  return ran.status === 0 ? ran.stdout : undefined;
}

function parse(listed: string, missing: ReadonlySet<string>): TreeEntry[] {
  return listed
    .split('\0')
    .filter(line => line !== '')
    .map(line => {
      const [, mode = '', object = '', size = '', name = ''] = LINE.exec(line) ?? [];
      const path = Buffer.from(name, 'latin1').toString('utf8');
      const kind = KINDS.get(mode);
      if (kind === undefined || !isSafe(path)) throw unwritable(path);
      const entry = { path, kind, object, size: Number(size) || 0 };
      const reason = reasonFor(entry, missing);
      return reason === undefined ? entry : { ...entry, reason };
    });
}

/** git-ls-tree(1): mode, type, object, size, path. */
const LINE = /^(\d{6}) \w+ ([0-9a-f]+)(?: +(\d+|-))?\t(.*)$/s;

/** The folder that git keeps for itself. */
export const GIT_FOLDER = '.git';

/** A commit with such a path is read by nobody. */
export function unwritable(path: string): UnknownRevision {
  return new UnknownRevision(`a commit has a file that git does not write: ${path}`);
}

/**
 * A tree can be made by hand: git then refuses what leads out of it or into its own folder. A name is no
 * longer than file systems take it.
 */
function isSafe(path: string): boolean {
  return path
    .split('/')
    .every(name => name !== '' && name.length < 256 && !/^(\.|\.\.|\.git)$/i.test(name));
}

function reasonFor(
  { kind, object, size }: TreeEntry,
  missing: ReadonlySet<string>,
): string | undefined {
  if (kind === 'submodule') return IS_SUBMODULE;
  if (missing.has(object)) return 'is not in this clone, which is partial';
  return size > MOST_BYTES ? 'is larger than 100 MiB' : undefined;
}
