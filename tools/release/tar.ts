/** What an archive holds at a path: bytes, a folder or a link. */
export interface Entry {
  readonly path: string;
  readonly bytes?: Uint8Array;
  /** What a symbolic link says. */
  readonly link?: string;
  readonly isExecutable?: boolean;
}

const BLOCK = 512;

/**
 * A tar of these entries in the order of their paths: owned by root, of no time, so that the same
 * entries give the same bytes. The format is ustar (POSIX.1-1988): a path has 255 bytes at most.
 */
export function tarOf(entries: readonly Entry[]): Buffer {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const parts = sorted.flatMap(entry => {
    const bytes = Buffer.from(entry.bytes ?? []);
    return [headerOf(entry, bytes.length), bytes, Buffer.alloc(-bytes.length & (BLOCK - 1))];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function headerOf(entry: Entry, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const [prefix, name] = splitPath(entry.path);
  const put = (text: string, at: number): void => void header.write(text, at);
  const number = (value: number, at: number, length: number): void =>
    put(value.toString(8).padStart(length - 1, '0'), at);
  put(name, 0);
  number(modeOf(entry), 100, 8);
  number(0, 108, 8); // Owner
  number(0, 116, 8); // Group
  number(size, 124, 12);
  number(0, 136, 12); // Time
  put(entry.link !== undefined ? '2' : entry.path.endsWith('/') ? '5' : '0', 156);
  put(entry.link ?? '', 157);
  put('ustar\u000000', 257);
  put(prefix, 345);
  header.fill(' ', 148, 156); // The sum counts itself as spaces.
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148);
  return header;
}

function modeOf({ path, link, isExecutable = false }: Entry): number {
  if (link !== undefined) return 0o777;
  return path.endsWith('/') || isExecutable ? 0o755 : 0o644;
}

/** A long path is cut at a slash: 155 bytes before it, 100 behind it. */
function splitPath(path: string): readonly [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ['', path];
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return [prefix, name];
  }
  throw new Error(`${path} is too long for a tar`);
}
