import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Host, Run } from '../core/host.ts';

/** More texts than these are of other days. */
const MOST = 4_000;

/** In bytes: what is larger was not kept by us. */
const LARGEST = 512 * 1024 * 1024;

/**
 * The machine with a place for the texts of this run and, with a cache, of earlier ones: a folder of the user's cache
 * that nobody else can write (`$XDG_CACHE_HOME/rem-secrets`, the XDG base directory specification).
 */
export function withKept(
  host: Host,
  { cache = true }: { readonly cache?: boolean | undefined } = {},
): Host {
  const known = cache ? folderFor(host.env) : undefined;
  const folder = known !== undefined && isOurs(known) ? known : undefined;
  const all = new Map<string, () => Run>();
  return keeping(host, parts => {
    const name = hashOf(parts);
    const onDisk = folder === undefined ? undefined : keptAt(join(folder, name), folder);
    return {
      get text() {
        return onDisk?.text();
      },
      keep: text => onDisk?.keep(text) === true,
      drop: () => onDisk?.drop(),
      startOnce: begin => {
        const begun = all.get(name) ?? begin();
        all.set(name, begun);
        return begun;
      },
    };
  });
}

/** Also of the folders that are made on the way. */
function keeping<T extends Host>(host: T, kept: Host['kept']): T {
  return {
    ...host,
    kept,
    below: folder => keeping(host.below(folder), kept),
    scratchFolder: () => keeping(host.scratchFolder(), kept),
    withScratch: use => host.withScratch(scratch => use(keeping(scratch, kept))),
  };
}

function folderFor(env: Host['env']): string | undefined {
  const home = env('HOME') ?? '';
  const cache = env('XDG_CACHE_HOME') || (home === '' ? '' : join(home, '.cache'));
  return isAbsolute(cache) ? join(cache, 'rem-secrets', 'builds') : undefined;
}

/** Makes the folder; where it, or the one it is in, is a link or another's, it is not used. */
function isOurs(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return [dirname(folder), folder].every(one => {
      const found = lstatSync(one);
      return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
    });
  } catch {
    return false;
  }
}

/** Each part has its length before it, so that none runs into the next. */
function hashOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

interface OnDisk {
  readonly text: () => string | undefined;
  readonly keep: (text: string) => boolean;
  readonly drop: () => void;
}

function keptAt(file: string, folder: string): OnDisk {
  return {
    text: () => read(file),
    drop: () => rmSync(file, { force: true }),
    keep: text => {
      try {
        const own = `${file}.${process.pid}`;
        writeFileSync(own, text, { mode: 0o600, flag: 'wx' });
        renameSync(own, file);
        prune(folder);
        return true;
      } catch {
        // A full disk, or another run at the same: it is worked out again.
        return false;
      }
    },
  };
}

function read(file: string): string | undefined {
  try {
    const found = lstatSync(file);
    return found.isFile() && found.size <= LARGEST ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** Takes half of too many away; their names are hashes, so that it hits old and new alike. */
function prune(folder: string): void {
  const files = readdirSync(folder);
  if (files.length > MOST) for (const file of files.slice(0, MOST / 2)) rmSync(join(folder, file));
}
