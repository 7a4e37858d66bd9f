import type { Host } from '../../ground/host.ts';
import type { TreeEntry } from './commit-tree.ts';
import { git } from './git.ts';
import { UnknownRevision } from './revision.ts';

/** What git stores under an object's name. */
interface Blob {
  readonly object: string;
  readonly bytes: Buffer;
}

/** In bytes: what is held at a time. */
const MOST_AT_ONCE = 100 * 1024 * 1024;

/** The contents of a repository's objects, of which small ones are read together, and once. */
export interface Blobs {
  /** Reads those of entries that will be asked for, it seems. */
  readonly expect: (entries: readonly TreeEntry[]) => void;
  readonly bytesOf: (entry: TreeEntry) => Buffer;
}

/** In bytes: what is larger is no manifest, mostly, and read when it is asked for. */
const SMALL = 256 * 1024;

/** In bytes: how much of a revision is read at once. */
const MOST_KEPT = 48 * 1024 * 1024;

/** The contents that revisions of a repository have in common are read once. */
export function blobsIn(host: Host): Blobs {
  const known = new Map<string, Buffer>();
  return {
    expect: entries => {
      let bytes = 0;
      const wanted = [...entries.filter(isText), ...entries.filter(entry => !isText(entry))].filter(
        ({ object, size, reason }) => {
          if (reason !== undefined || size > SMALL || known.has(object)) return false;
          bytes += size;
          return bytes <= MOST_KEPT;
        },
      );
      for (const { object, bytes: content } of blobsOf(wanted, host)) known.set(object, content);
    },
    bytesOf: entry => {
      const [blob] = known.has(entry.object) ? [] : blobsOf([entry], host);
      return known.get(entry.object) ?? blob?.bytes ?? Buffer.alloc(0);
    },
  };
}

function isText({ path, kind }: TreeEntry): boolean {
  return kind === 'link' || /\.(ya?ml|json)$|\/Kustomization$/.test(path);
}

/** The contents of objects, as they are stored: no filter and no text conversion runs. */
function* blobsOf(
  entries: readonly { readonly object: string; readonly size: number }[],
  host: Host,
): Generator<Blob> {
  const sizes = new Map(entries.map(({ object, size }) => [object, size]));
  let [batch, bytes]: [string[], number] = [[], 0];
  for (const [object, size] of sizes) {
    if (bytes + size > MOST_AT_ONCE) {
      yield* batchOf(batch, host);
      [batch, bytes] = [[], 0];
    }
    batch.push(object);
    bytes += size;
  }
  if (batch.length > 0) yield* batchOf(batch, host);
}

/** git-cat-file(1), BATCH OUTPUT: `object type size`, the contents, and a newline each. */
function* batchOf(objects: readonly string[], host: Host): Generator<Blob> {
  const input = objects.map(object => `${object}\n`).join('');
  const { status, stdout } = git(['cat-file', '--batch'], host, { input, isBinary: true });
  const all = Buffer.from(stdout, 'latin1');
  let at = 0;
  for (const object of objects) {
    const end = all.indexOf('\n', at);
    const [, kind, size] = all.toString('latin1', at, end).split(' ');
    if (status !== 0 || kind !== 'blob')
      throw new UnknownRevision(`git cannot read the object ${object}: run \`git fsck\``);
    const start = end + 1;
    at = start + Number(size);
    yield { object, bytes: all.subarray(start, at) };
    at += 1;
  }
}
