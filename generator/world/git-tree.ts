import { basename, dirname, join, resolve } from 'node:path';
import type { FileKind, FolderEntry, Host, Scratch } from '../core/host.ts';
import { isResolved, textOf } from '../core/host.ts';
import { matchesGlob } from '../core/names.ts';
import { oncePer, oncePerText } from '../core/once.ts';
import { foldersOf } from './folders.ts';
import { git, UnknownRevision } from './git.ts';
import { IS_SUBMODULE, isBelow, LEADS_OUT, NOTHING, pathFrom, placeInside } from './inside.ts';
import { whyNotRead } from './source.ts';

/** The machine with a commit's files in a folder of their own. Git runs nothing for it, and touches neither tree nor index. */
export function commitHost(commit: string, host: Host, blobs: Blobs = blobsIn(host)): Host {
  const all = withoutRecoded(treeOf(commit, host), blobs);
  blobs.expect(all);
  const tree = treePaths(all, blobs);
  const disk = host.scratchFolder().below('tree');
  const written = new Set<string>();
  const onDisk = (folders: readonly string[]): void => {
    try {
      // All links come first, so that no folder is written in the place of one.
      if (written.size === 0) writeLinks(tree, disk);
      for (const folder of folders) {
        if (!written.has(folder)) writeFolder(folder, tree, blobs, disk);
        written.add(folder);
      }
    } catch (error) {
      if (error instanceof UnknownRevision) throw error;
      throw new UnknownRevision(`the files of ${commit} cannot be written: ${whyNotRead(error)}`);
    }
  };
  const seen = { ...tree, resolved: oncePerText(tree.resolved) };
  const near = (folders: readonly string[]): string[] =>
    folders
      .filter(place => isBelow(disk.cwd, place))
      .map(place => nearestFolder(place.slice(disk.cwd.length + 1), tree));
  const hostAt = (cwd: string): Host => ({
    ...disk,
    ...filesFrom(cwd, seen, blobs, disk),
    cwd,
    onDisk: folders => onDisk(folders === undefined ? [...tree.folders.keys()] : near(folders)),
    below: folder => hostAt(resolve(cwd, folder)),
  });
  return hostAt(join(disk.cwd, prefixOf(host)));
}

/** Where a machine's folder is in its repository. */
const prefixOf = oncePer((host: Host) =>
  git(['rev-parse', '--show-prefix'], host).stdout.replace(/\n$/, ''),
);

function writeLinks({ links }: TreePaths, disk: Scratch): void {
  disk.makeFolder(GIT_FOLDER);
  for (const [path, text] of links) {
    disk.makeFolder(join(path, '..'));
    disk.link(text, path);
  }
}

function writeFolder(folder: string, { entries, folders }: TreePaths, blobs: Blobs, disk: Scratch) {
  disk.makeFolder(join(folder, '.'));
  for (const { name } of folders.get(folder) ?? []) {
    const entry = entries.get(join(folder, name));
    if (entry === undefined || isLink(entry)) continue;
    disk.writeFile(entry.path, blobs.bytesOf(entry), entry.kind === 'program' ? 0o755 : 0o644);
  }
}

/** Answers about paths from a folder on. A file below the machine's own folder that is not in the tree is not on the disk. */
function filesFrom(cwd: string, tree: TreePaths, blobs: Blobs, machine: Host) {
  const { entries, folders, links, resolved } = tree;
  const spotOf = oncePerText((path): Spot => {
    const whole = isResolved(path) ? path : resolve(cwd, path);
    if (!isBelow(machine.cwd, whole)) return { outside: whole, path: '', place: NOWHERE };
    const inside = whole.slice(machine.cwd.length + 1);
    const place = resolved(inside);
    if (place === undefined) return { path: inside, place: NOWHERE };
    return { path: inside, place, real: resolve(machine.cwd, place) };
  });
  const answered =
    <T>(inTree: (spot: Spot) => T, elsewhere: (path: string) => T) =>
    (path: string): T => {
      const spot = spotOf(path);
      return spot.outside === undefined ? inTree(spot) : elsewhere(spot.outside);
    };
  const linkText = ({ path }: Spot): string | undefined => {
    const folder = resolved(join(path, '..'));
    return folder === undefined ? undefined : links.get(join(folder, basename(path)));
  };
  const kindOf = (spot: Spot): FileKind | undefined => {
    if (folders.has(spot.place)) return 'folder';
    if (entries.has(spot.place)) return 'file';
    return linkText(spot) === undefined ? undefined : 'link';
  };
  const readFile = ({ path, place }: Spot): Uint8Array => {
    const entry = entries.get(place);
    if (entry !== undefined) return blobs.bytesOf(entry);
    if (folders.has(place)) throw new Error('it is no regular file');
    return machine.readFile(path);
  };
  return {
    readFile: answered(readFile, machine.readFile),
    kindOf: answered(kindOf, machine.kindOf),
    linkText: answered(linkText, machine.linkText),
    entriesIn: answered(({ place }) => folders.get(place), machine.entriesIn),
    exists: answered(({ real }) => real !== undefined, machine.exists),
    isFolder: answered(({ place }) => folders.has(place), machine.isFolder),
    realPath: answered(({ real }) => real, machine.realPath),
    sizeOf: answered(
      ({ path, place }) => entries.get(place)?.size ?? machine.sizeOf(path),
      machine.sizeOf,
    ),
    listFiles: answered(({ place }) => filesBelow(place, tree), machine.listFiles),
  };
}

/** What a path is: outside of the machine's folder, or a path in the tree, and the place there that it leads to. */
interface Spot {
  readonly outside?: string;
  readonly path: string;
  readonly place: string;
  readonly real?: string;
}

function nearestFolder(path: string, tree: TreePaths): string {
  const place = tree.resolved(path);
  if (place !== undefined && tree.folders.has(place)) return place;
  return path === '' ? '' : nearestFolder(folderOf(path), tree);
}

function filesBelow(folder: string, { entries, links }: TreePaths): string[] {
  const start = folder === '' ? '' : `${folder}/`;
  return [...entries.keys()]
    .filter(path => path.startsWith(start) && !links.has(path))
    .map(path => path.slice(start.length))
    .sort();
}

/** Is the path of nothing in a tree. */
const NOWHERE = '/';

interface TreePaths {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly folders: ReadonlyMap<string, readonly FolderEntry[]>;
  /** The texts of links. A link that leads out of the tree gets another, as its target is no part of the commit. */
  readonly links: ReadonlyMap<string, string>;
  /** Where a path leads when all links are followed; undefined: nowhere in the tree. */
  readonly resolved: (path: string) => string | undefined;
}

/** The paths of a commit, with a folder `.git`, which makes its root that of a repository. */
function treePaths(all: readonly TreeEntry[], blobs: Blobs): TreePaths {
  const entries = new Map(all.map(entry => [entry.path, entry]));
  const folders = entriesOf(all);
  const twice =
    [...folders.keys()].find(path => entries.has(path)) ??
    all.find(entry => entries.get(entry.path) !== entry)?.path;
  if (twice !== undefined) throw unwritable(twice);
  const linked = all.filter(isLink);
  const written = new Map(linked.map(entry => [entry.path, linkText(entry, blobs)]));
  const submodules = new Set(all.flatMap(({ kind, path }) => (kind === 'submodule' ? path : [])));
  const resolved = (path: string): string | undefined =>
    followed(path, { entries, folders, links: written });
  const links = new Map(
    linked.map(entry => {
      const text = written.get(entry.path) ?? OUT_OF_TREE;
      const isKept = text.startsWith(NOTHING) || resolved(entry.path) !== undefined;
      return [entry.path, isKept ? text : intoSubmodule(entry, text, submodules) || OUT_OF_TREE];
    }),
  );
  return { entries, folders, links, resolved };
}

/** Argo CD fetches submodules, and follows a link to a file of one: which file it is counts. */
function intoSubmodule(link: TreeEntry, text: string, submodules: ReadonlySet<string>) {
  let place = join('/', folderOf(link.path), text).slice(1);
  while (place !== '' && !submodules.has(place)) place = folderOf(place);
  return place && `${NOTHING}leads into the submodule ${place}, ${contentName(link)}`;
}

const OUT_OF_TREE = NOTHING + LEADS_OUT;

/** Content that git could not give is replaced by a link to nothing, whose text says why. */
function isLink({ kind, reason }: TreeEntry): boolean {
  return kind === 'link' || reason !== undefined;
}

function linkText(entry: TreeEntry, blobs: Blobs): string {
  if (entry.reason !== undefined) return NOTHING + entry.reason;
  const text = blobs.bytesOf(entry).toString();
  return text !== '' && text.length < 1024 && !text.includes('\0') ? text : OUT_OF_TREE;
}

function entriesOf(all: readonly TreeEntry[]): Map<string, FolderEntry[]> {
  const folders = new Map<string, FolderEntry[]>([['', []]]);
  const add = (path: string, kind: FolderEntry['kind']): void => {
    const folder = folderOf(path);
    if (!folders.has(folder)) {
      folders.set(folder, []);
      add(folder, 'folder');
    }
    folders.get(folder)?.push({ name: basename(path), kind });
  };
  folders.set(GIT_FOLDER, []);
  add(GIT_FOLDER, 'folder');
  for (const entry of all) add(entry.path, isLink(entry) ? 'link' : 'file');
  for (const entries of folders.values()) entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return folders;
}

function folderOf(path: string): string {
  return path.includes('/') ? dirname(path) : '';
}

/** As many links as Linux follows (path_resolution(7)). */
const MOST_LINKS = 40;

function followed(path: string, { entries, folders, links }: Omit<TreePaths, 'resolved'>) {
  let [place, left, rest] = ['', MOST_LINKS, stepsIn(path)];
  for (let step = rest.shift(); step !== undefined; step = rest.shift()) {
    if (!folders.has(place)) return undefined;
    const next = stepped(place, step);
    const text = links.get(next);
    if (text === undefined) place = next;
    else if (left === 0 || text.startsWith('/')) return undefined;
    else [left, rest] = [left - 1, [...stepsIn(text), ...rest]];
  }
  // No link may lead into git's own folder.
  if (place === GIT_FOLDER && left < MOST_LINKS) return undefined;
  return [entries, folders].some(places => places.has(place)) ? place : undefined;
}

function stepsIn(path: string): string[] {
  return path.split('/').filter(step => step !== '');
}

function stepped(folder: string, step: string): string {
  if (step === '.') return folder;
  if (step !== '..') return folder === '' ? step : `${folder}/${step}`;
  return folder === '' ? NOWHERE : folderOf(folder);
}

/** The contents of a repository's objects. Small ones are read many at a time, and each once. */
export interface Blobs {
  /** Reads those entries in advance that are likely to be asked for. */
  readonly expect: (entries: readonly TreeEntry[]) => void;
  readonly bytesOf: (entry: TreeEntry) => Buffer;
}

/** In bytes. A larger file is seldom a manifest, so that it is read when it is asked for. */
const SMALL = 256 * 1024;

/** How many bytes of a revision are read in advance. */
const MOST_KEPT = 48 * 1024 * 1024;

/** The contents of one repository: what several revisions have in common is read once. */
export function blobsIn(host: Host): Blobs {
  const contents = new Map<string, Buffer>();
  return {
    expect: entries => {
      let bytes = 0;
      const likely = [...entries.filter(isText), ...entries.filter(entry => !isText(entry))].filter(
        ({ object, size, reason }) => {
          if (reason !== undefined || size > SMALL || contents.has(object)) return false;
          bytes += size;
          return bytes <= MOST_KEPT;
        },
      );
      for (const { object, bytes: content } of blobsOf(likely, host)) contents.set(object, content);
    },
    bytesOf: entry => {
      const [blob] = contents.has(entry.object) ? [] : blobsOf([entry], host);
      return contents.get(entry.object) ?? blob?.bytes ?? Buffer.alloc(0);
    },
  };
}

function isText({ path, kind }: TreeEntry): boolean {
  return kind === 'link' || /\.(ya?ml|json)$|\/Kustomization$/.test(path);
}

/** The contents of objects, unconverted. git-cat-file(1), BATCH OUTPUT: `object type size`, the contents, and a newline each. */
function* blobsOf(entries: readonly TreeEntry[], host: Host) {
  const objects = new Set(entries.map(({ object }) => object));
  if (objects.size === 0) return;
  const input = [...objects].map(object => `${object}\n`).join('');
  const { status, stdout } = git(['cat-file', '--batch'], host, { input, isBinary: true });
  const all = Buffer.from(stdout, 'latin1');
  let at = 0;
  for (const object of objects) {
    const end = all.indexOf('\n', at);
    const [, kind, size] = all.toString('latin1', at, end).split(' ');
    if (status !== 'ok' || kind !== 'blob')
      throw new UnknownRevision(`git cannot read the object ${object}: run \`git fsck\``);
    const start = end + 1;
    at = start + Number(size);
    yield { object, bytes: all.subarray(start, at) };
    at += 1;
  }
}

interface TreeEntry {
  readonly path: string;
  /** A program is a file that may be run. */
  readonly kind: 'file' | 'program' | 'link' | 'submodule';
  readonly object: string;
  /** In bytes; 0 where it is not known. */
  readonly size: number;
  /** Why its content cannot be had. */
  readonly reason?: string | undefined;
}

const KINDS: ReadonlyMap<string, TreeEntry['kind']> = new Map([
  ['100644', 'file'],
  ['100664', 'file'], // Of a very old git.
  ['100755', 'program'],
  ['120000', 'link'],
  ['160000', 'submodule'],
]);

/** In bytes: hosts of repositories refuse larger files, and no manifest comes near. */
const MOST_BYTES = 100 * 1024 * 1024;

/** All entries of a commit. A partial clone may lack contents, which are not fetched. */
function treeOf(commit: string, host: Host): TreeEntry[] {
  const whole = list(['-l', commit], host);
  if (whole !== undefined) return parse(whole, new Set());
  const lacking = git(['rev-list', '--objects', '--no-walk', '--missing=print', commit], host);
  const missing = [...lacking.stdout.matchAll(/^\?([0-9a-f]+)$/gm)].map(([, hash = '']) => hash);
  const listed = missing.length === 0 ? undefined : list([commit], host);
  if (listed !== undefined) return parse(listed, new Set(missing));
  throw new UnknownRevision(
    `git cannot list the files of ${commit}: is this clone partial? Run \`git fetch --refetch origin\` without a filter`,
  );
}

/** A checkout of git has some files in another encoding; go-git, and so Flux, has them as they are (gitattributes(5)). */
function withoutRecoded(all: readonly TreeEntry[], blobs: Blobs): readonly TreeEntry[] {
  const globs = all
    .filter(({ path, kind }) => /file|program/.test(kind) && `/${path}`.endsWith(`/${ATTRIBUTES}`))
    .flatMap(entry =>
      globsOf(RECODED, blobs.bytesOf(entry).toString(), entry.path.slice(0, -ATTRIBUTES.length)),
    );
  return all.map(entry =>
    entry.kind !== 'link' && globs.some(glob => matchesGlob(glob, entry.path))
      ? { ...entry, reason: `${RECODES}, ${contentName(entry)}` }
      : entry,
  );
}

const RECODES = 'is written in another encoding by a checkout of git, as .gitattributes says';

/** Tells what is not read from what the other side has in its place. */
function contentName({ object }: Pick<TreeEntry, 'object'>): string {
  return `content ${object.slice(0, 12)}`;
}

/** The attributes of files, where a checkout of git writes some of these in other bytes than go-git, and so Flux, does. */
export function rewritesOf(places: ReadonlySet<string>, root: string, host: Host): string {
  const names = [...places].map(place => pathFrom(root, place));
  const all = [...foldersOf(places)].flatMap(folder => {
    const file = placeInside(root, join(folder, ATTRIBUTES), host);
    const isThere = file !== undefined && host.kindOf(file) === 'file';
    return isThere ? [{ folder: pathFrom(root, folder), text: textOf(file, host) }] : [];
  });
  const globs = all.flatMap(({ text, folder }) =>
    globsOf(REWRITTEN, text, folder === '' ? '' : `${folder}/`),
  );
  const isHit =
    globs.length * names.length > MOST_MATCHES ||
    globs.some(glob => names.some(name => matchesGlob(glob, name)));
  const lines = all.map(({ folder, text }) => [folder, text.match(/^[ \t]*[^#\s].*$/gm)]);
  return isHit ? JSON.stringify(lines) : '';
}

const MOST_MATCHES = 1_000_000;

export const ATTRIBUTES = '.gitattributes';

const RECODED = /^[ \t]*(\S+)[ \t](?:.*[ \t])?working-tree-encoding=(?!utf-?8(?:\s|$))/gim;

const REWRITTEN =
  /^[ \t]*(\S+)[ \t](?:.*[ \t])?(?:eol=crlf|ident|filter=\S+|working-tree-encoding=(?!utf-?8(?:\s|$))\S+)(?=\s|$)/gim;

/** Patterns for all paths below a folder that lines of its file of attributes may mean, and for more: `*` has slashes too. */
function globsOf(lines: RegExp, text: string, folder: string): string[] {
  // A carriage return parts words too, and a byte order mark is skipped (attr.c of git: blank, skip_utf8_bom).
  const plain = text.replace(/^\uFEFF/, '').replaceAll('\r', ' ');
  return [...plain.matchAll(lines)].flatMap(([, pattern = '']) => {
    if (/["\\[]/.test(pattern)) return `${folder}*`;
    const path = pattern.replace(/^\//, '');
    return [folder + path, ...(pattern.includes('/') ? [] : [`${folder}*/${path}`])];
  });
}

function list(args: readonly string[], host: Host): string | undefined {
  const ran = git(['ls-tree', '-r', '-z', '--full-tree', ...args], host, { isBinary: true });
  return ran.status === 'ok' ? ran.stdout : undefined;
}

function parse(listed: string, missing: ReadonlySet<string>): TreeEntry[] {
  const entries = listed
    .split('\0')
    .filter(line => line !== '')
    .map(line => {
      const [, mode = '', object = '', size = '', name = ''] = LINE.exec(line) ?? [];
      const path = Buffer.from(name, 'latin1').toString('utf8');
      const kind = KINDS.get(mode);
      if (kind === undefined || !isSafe(path)) throw unwritable(path);
      return { path, kind, object, size: Number(size) || 0 };
    });
  if (entries.length > MOST_COPIES * (new Set(entries.map(({ object }) => object)).size + 100))
    throw new UnknownRevision(
      `a commit has ${entries.length} files, nearly all of which are copies: a few kilobytes may stand for millions`,
    );
  const urls = entries.find(({ path }) => path === '.gitmodules');
  // With the state of .gitmodules, which says where the commit of a submodule is from.
  const by = urls === undefined ? '' : ` by .gitmodules ${urls.object.slice(0, 12)}`;
  const reasonFor = (entry: TreeEntry): string | undefined => {
    const { kind, object, size } = entry;
    if (kind === 'submodule') return `${IS_SUBMODULE}, at ${object.slice(0, 12)}${by}`;
    if (missing.has(object)) return `is not in this clone, which is partial, ${contentName(entry)}`;
    return size > MOST_BYTES ? `is larger than 100 MiB, ${contentName(entry)}` : undefined;
  };
  return entries.map(entry => ({ ...entry, reason: reasonFor(entry) }));
}

/** How many files of one content a repository has on average, at the very most: a tree may hold itself ten times, and so on. */
const MOST_COPIES = 50;

/** git-ls-tree(1): mode, type, object, size, path. */
const LINE = /^(\d{6}) \w+ ([0-9a-f]+)(?: +(\d+|-))?\t(.*)$/s;

const GIT_FOLDER = '.git';

function unwritable(path: string): UnknownRevision {
  return new UnknownRevision(`a commit has a file that git does not write: ${path}`);
}

/** Whether git would write to this path: not into `.git`, out of the tree, or by a name too long for file systems. */
function isSafe(path: string): boolean {
  return path
    .split('/')
    .every(name => name !== '' && name.length < 256 && !/^(\.|\.\.|\.git)$/i.test(name));
}
