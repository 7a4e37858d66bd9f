import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { type Host, isResolved, type KeptPart, type Run } from '../core/host.ts';
import { attempt } from '../core/json.ts';
import { onceFor, oncePerText } from '../core/once.ts';

const MOST = 4_000;

/** In bytes: a larger file is not ours. */
const LARGEST = 512 * 1024 * 1024;

/**
 * The machine for a run that only reads: each question about a file is asked once. With a cache it keeps texts for
 * later runs, in a folder of the user's own (`$XDG_CACHE_HOME/rem-secrets`, the XDG base directory specification).
 */
export function withKept(machine: Host, options: { readonly cache?: boolean | undefined }): Host {
  const host = still(machine);
  const path = options.cache === false ? undefined : folderFor(host.env);
  const folder = path !== undefined && isOurs(path) ? path : undefined;
  const runs = new Map<string, Promise<Run>>();
  const pruned = onceFor(() => folder !== undefined && prune(folder));
  const hashOf = oncePerText(program => programHash(program, folder));
  const textOf = (part: KeptPart): string | Uint8Array =>
    typeof part === 'object' && 'program' in part ? hashOf(part.program) : part;
  return keeping(host, parts => {
    const { name, key } = sealOf(parts.map(textOf));
    const file = folder === undefined ? undefined : join(folder, name);
    return {
      get text() {
        return file === undefined ? undefined : read(file, key);
      },
      keep: text => {
        if (file === undefined || !keep(sealed(text, key), file)) return false;
        pruned();
        return true;
      },
      drop: () => file !== undefined && rmSync(file, { force: true }),
      once: start => {
        const run = runs.get(name) ?? start();
        runs.set(name, run);
        return run;
      },
    };
  });
}

/** In bytes: how much of files is remembered. */
const MOST_REMEMBERED = 48 * 1024 * 1024;

/** A machine that remembers where paths lead, and what is there. What is in folders that we make is asked anew. */
function still(machine: Host): Host {
  const { kindOf, realPath, exists, entriesIn, linkText } = machine;
  const answers = {
    kindOf: oncePerText(kindOf),
    realPath: oncePerText(realPath),
    exists: oncePerText(exists),
    entriesIn: oncePerText(entriesIn),
    linkText: oncePerText(linkText),
  };
  let left = MOST_REMEMBERED;
  const texts = new Map<string, Uint8Array>();
  const readFile = (path: string): Uint8Array => {
    const content = texts.get(path);
    if (content !== undefined) return content;
    const read = machine.readFile(path);
    left -= read.length;
    if (left >= 0) texts.set(path, read);
    return read;
  };
  const from = (host: Host): Host => {
    const at = (path: string): string => (isResolved(path) ? path : resolve(host.cwd, path));
    return {
      ...host,
      readFile: path => readFile(at(path)),
      kindOf: path => answers.kindOf(at(path)),
      isFolder: path => {
        const kind = answers.kindOf(at(path));
        return kind === 'file' || kind === 'folder' ? kind === 'folder' : host.isFolder(path);
      },
      realPath: path => answers.realPath(at(path)),
      exists: path => answers.exists(at(path)),
      entriesIn: path => answers.entriesIn(at(path)),
      linkText: path => answers.linkText(at(path)),
      below: folder => from(host.below(folder)),
    };
  };
  return from(machine);
}

function keeping<T extends Host>(host: T, kept: Host['kept']): T {
  return {
    ...host,
    kept,
    below: folder => keeping(host.below(folder), kept),
    scratchFolder: () => keeping(host.scratchFolder(), kept),
  };
}

function folderFor(env: Host['env']): string | undefined {
  const home = env('HOME') ?? '';
  const cache = env('XDG_CACHE_HOME') || (home === '' ? '' : join(home, '.cache'));
  return isAbsolute(cache) ? join(cache, 'rem-secrets', 'builds') : undefined;
}

/** Makes the folder. False if somebody else can write to it or the one above, if one is a link, or in a checkout. */
function isOurs(folder: string): boolean {
  if (isInCheckout(folder)) return false;
  const isMade = attempt(() => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return !isInCheckout(realpathSync(folder)) && [dirname(folder), folder].every(isOwnFolder);
  });
  return isMade === true;
}

function isOwnFolder(path: string): boolean {
  const stats = lstatSync(path);
  return stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0;
}

function isInCheckout(path: string): boolean {
  const above = dirname(path);
  return existsSync(join(path, '.git')) || (above !== path && isInCheckout(above));
}

/** Made of all parts, with their lengths: only who has every file of a build can read what was kept of it. */
function sealOf(parts: readonly (string | Uint8Array)[]) {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  const digest = hash.digest();
  return { name: digest.toString('hex', 0, 32), key: digest.subarray(32) };
}

const CIPHER = 'aes-256-gcm';

/** In bytes: the header of a sealed text. */
const [NONCE, TAG] = [12, 16];

function sealed(text: string, key: Buffer): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, key, nonce);
  const bytes = [cipher.update(text, 'utf8'), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), ...bytes]);
}

/** Throws where the bytes were not sealed with the key. */
function opened(bytes: Buffer, key: Buffer): string {
  const options = { authTagLength: TAG };
  const cipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE), options);
  cipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
  return Buffer.concat([cipher.update(bytes.subarray(NONCE + TAG)), cipher.final()]).toString();
}

/** The hash of a program: to read one takes a tenth of a second, so it is kept until the file changes. */
function programHash(path: string, folder: string | undefined): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
  const file = [path, dev, ino, size, mtimeNs, ctimeNs].join(' ');
  if (folder === undefined) return file;
  const { name, key } = sealOf(['program', file]);
  const kept = read(join(folder, name), key);
  if (kept !== undefined) return kept;
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
  keep(sealed(hash, key), join(folder, name));
  return hash;
}

function keep(bytes: Buffer, file: string): boolean {
  // It fails on a full disk, or where another run keeps the same text.
  const isDone = attempt(() => {
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, bytes, { mode: 0o600, flag: 'wx' });
    renameSync(unfinished, file);
    return true;
  });
  return isDone === true;
}

function read(file: string, key: Buffer): string | undefined {
  // Undefined too: nothing is there, or it is not ours.
  return attempt(() => {
    const found = lstatSync(file);
    return found.isFile() && found.size <= LARGEST ? opened(readFileSync(file), key) : undefined;
  });
}

/** Removes half of too many files: as names are hashes, any of them, old or new. Another run may do so too. */
function prune(folder: string): void {
  const files = readdirSync(folder);
  if (files.length <= MOST) return;
  for (const file of files.slice(0, MOST / 2)) rmSync(join(folder, file), { force: true });
}
