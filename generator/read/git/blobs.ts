import type { Host } from '../../ground/host.ts';
import { git } from './git.ts';
import { UnknownRevision } from './revision.ts';

/** What git stores under an object's name. */
export interface Blob {
  readonly object: string;
  readonly bytes: Buffer;
}

/** In bytes: what is held at a time. */
const MOST_AT_ONCE = 100 * 1024 * 1024;

/** The contents of objects, as they are stored: no filter and no text conversion runs. */
export function* blobsOf(
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
  yield* batchOf(batch, host);
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
