import { basename, dirname, join } from 'node:path';
import type { Finding } from '../core/finding.ts';
import { type FolderEntry, type Host, isSystemError, reasonOf } from '../core/host.ts';
import { groupBy } from '../core/json.ts';
import { listItems, manifestsOf } from '../core/manifests.ts';
import type { LostFolder, Unknown } from '../kinds/deployment-ends.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { placedObject } from '../kinds/placed-object.ts';
import { type ParseStream, parseStream } from '../yaml/parse.ts';
import { locate } from '../yaml/places.ts';
import { isBelow } from './inside.ts';

/** A stream of manifests and the objects in it. */
export interface ObjectSource extends ManifestSource {
  /** The source's own, which its objects carry as their file. */
  readonly number: number;
  readonly objects: readonly PlacedObject[];
  /** Documents that are no Kubernetes objects. */
  readonly strangers: number;
  /** Those of them that are lists. */
  readonly lists?: number;
  /** The deployment object that has it applied. */
  readonly by?: PlacedObject;
  /** Tells what is applied by one of them from what others apply. */
  readonly sync?: string;
  /** A folder that it would be, and that is not there. */
  readonly lost?: LostFolder & { readonly object: PlacedObject };
  /** All that makes what is not made here, to tell whether it changes. */
  readonly contents?: () => string;
  /** What it has stands for objects, and is none. */
  readonly isNoObject?: true;
}

/** Parses the objects of a source; those without a namespace are in the one given. */
export function parseSource(
  source: ManifestSource,
  number: number,
  namespace: string,
  parse: ParseStream = parseStream,
): ObjectSource {
  const { text, file, findings } = source;
  const empty = { ...source, number, objects: [], strangers: 0 };
  if (text === undefined) return empty;
  const { value, faults } = parse(text);
  if (value === undefined) {
    const broken = locate(faults, { file, text, isStream: true });
    const unknown = namedIn(`"${file}" (it is not valid YAML)`, text);
    const unknowns = [...(source.unknowns ?? []), ...(unknown === undefined ? [] : [unknown])];
    return { ...empty, findings: [...findings, ...broken], unknowns };
  }
  const manifests = manifestsOf(value);
  const objects = new Set(manifests.map(({ path }) => path[0]));
  const isStranger = (document: unknown, index: number): boolean =>
    document !== null && !objects.has(index) && listItems(document)?.length !== 0;
  return {
    ...empty,
    objects: manifests.map(({ object, path }) => placedObject(object, number, path, namespace)),
    strangers: value.filter(isStranger).length,
    lists: value.filter(document => Array.isArray(document)).length,
  };
}

/**
 * A file that seems to have manifests and is not read as objects: what its text names, it may make.
 * Undefined: it is none.
 */
export function namedIn(what: string, text: string): Unknown | undefined {
  if (!/^\s{0,40}-?\s{0,9}kind:/m.test(text)) return undefined;
  const words = new Set(text.match(/[a-z0-9][a-z0-9.-]*/g));
  return { what, needsName: true, mayMake: name => words.has(name) };
}

/** A stream of manifests: a file's, or what kustomize builds of a folder. */
export interface ManifestSource {
  readonly name: string;
  /** The file that findings point at. */
  readonly file: string;
  /** kustomize made the text: lines in it mean nothing to the reader. */
  readonly isBuilt: boolean;
  /** The version of the helm that made it of a template, which is the file. */
  readonly helm?: string;
  /** Absent when it could not be had; then `findings` say why. */
  readonly text?: string;
  readonly findings: readonly Finding[];
  /** What of a kustomization is left out of the text, as it is remote or may not be read. */
  readonly unread?: readonly Finding[];
  /** Where there may be objects, in the cluster, that the text does not show. */
  readonly unknowns?: readonly Unknown[];
  /** Where the files are, without links, that it is built from; absent: it is its own. */
  readonly places?: readonly string[];
  /** How many charts Helm made that are in it, and which helm. */
  readonly madeCharts?: { readonly count: number; readonly helm: string };
  /** The kustomizations in it that have Helm charts made. */
  readonly charted?: readonly ChartedFile[];
  /** What it could not make of them, objects with namespaces of their own included, is in this one. */
  readonly namespace?: string;
}

/** A kustomization that has charts made, as it is written. */
export interface ChartedFile {
  readonly file: string;
  readonly place: string;
  readonly text: string;
  /** Those of its charts that Helm has made, as `renderedKey` has them. */
  readonly rendered: readonly string[];
}

/** What is larger and lies in a folder is data: etcd takes no object above 1.5 MiB. */
const MOST_BYTES = 20 * 1024 * 1024;

/** A file that somebody asks for. */
export function readNamed(file: string, host: Host): ManifestSource {
  const bytes = bytesOf(file, host);
  return typeof bytes === 'string' ? unreadable(file, file, bytes) : source(file, bytes);
}

/** A file that a folder has; one that holds no manifests is skipped, and said to be. */
export function readFound(file: string, host: Host): ManifestSource {
  if (host.sizeOf(file) > MOST_BYTES) return skipped(file, 'the file is larger than 20 MiB');
  const bytes = bytesOf(file, host);
  return typeof bytes === 'string' ? skipped(file, bytes) : source(file, bytes);
}

/** The bytes of text, or why there are none. */
function bytesOf(file: string, host: Host): Uint8Array | string {
  try {
    const bytes = host.readFile(file);
    return isBinary(bytes) ? 'the file is binary: it holds a NUL byte' : bytes;
  } catch (error) {
    return `the file cannot be read: ${whyNotRead(error)}`;
  }
}

/** A system's error in words: its message has absolute paths in it. */
export function whyNotRead(error: unknown): string {
  if (isSystemError(error)) return reasonOf(error);
  return error instanceof Error ? error.message : String(error);
}

function isBinary(bytes: Uint8Array): boolean {
  return bytes.includes(0);
}

function source(file: string, bytes: Uint8Array): ManifestSource {
  const text = new TextDecoder().decode(bytes);
  return { name: file, file, isBuilt: false, text, findings: [] };
}

/** What a folder has and nobody reads, and why. */
export function skipped(file: string, reason: string): ManifestSource {
  const finding = unreadableFinding(file, `skipped: ${reason}`);
  const findings = [{ ...finding, rule: 'skipped-file', severity: 'warning' } as const];
  return { name: file, file, isBuilt: false, findings };
}

/** Manifests that cannot be had, and why. */
export function unreadable(
  name: string,
  file: string,
  message: string,
  hint?: string,
): ManifestSource {
  return { name, file, isBuilt: false, findings: [unreadableFinding(file, message, hint)] };
}

function unreadableFinding(file: string, message: string, hint?: string): Finding {
  return {
    rule: 'unreadable',
    severity: 'error',
    message,
    ...(hint !== undefined && { hint }),
    field: '',
    at: { file, line: 1, column: 1 },
  };
}

/**
 * The machine with more files, or with other texts in some, by their places, which have no links in
 * them; and without the folders that are `gone`. What kustomize builds of it has to be copied first.
 */
export function withFiles(
  machine: Host,
  files: ReadonlyMap<string, string>,
  gone: readonly string[] = [],
): Host {
  const host = gone.length === 0 ? machine : without(machine, gone);
  const folders = foldersOf(files.keys());
  const entries = groupBy([...files.keys(), ...folders], dirname);
  const placeOf = (path: string): string => {
    const place = host.realPath(path);
    if (place !== undefined || dirname(path) === path) return place ?? path;
    return join(placeOf(dirname(path)), basename(path));
  };
  const textAt = (path: string): string | undefined => files.get(placeOf(path));
  const isFolder = (path: string): boolean => folders.has(placeOf(path));
  const isThere = (path: string): boolean => textAt(path) !== undefined || isFolder(path);
  return {
    ...host,
    isVirtual: true,
    readFile: path => {
      const text = textAt(path);
      return text === undefined ? host.readFile(path) : new TextEncoder().encode(text);
    },
    kindOf: path =>
      textAt(path) !== undefined ? 'file' : isFolder(path) ? 'folder' : host.kindOf(path),
    exists: path => isThere(path) || host.exists(path),
    isFolder: path => textAt(path) === undefined && (isFolder(path) || host.isFolder(path)),
    realPath: path => (isThere(path) ? placeOf(path) : host.realPath(path)),
    sizeOf: path => textAt(path)?.length ?? host.sizeOf(path),
    entriesIn: folder => {
      const added = (entries.get(placeOf(folder)) ?? []).map(
        (place): FolderEntry => ({
          name: basename(place),
          kind: folders.has(place) ? 'folder' : 'file',
        }),
      );
      return merged(host.entriesIn(folder), added);
    },
    below: folder => withFiles(machine.below(folder), files, gone),
  };
}

/** The machine without folders. */
function without(host: Host, gone: readonly string[]): Host {
  const isThere = (path: string): boolean => {
    const place = host.realPath(path);
    return place === undefined || !gone.some(folder => isBelow(folder, place));
  };
  return {
    ...host,
    kindOf: path => (isThere(path) ? host.kindOf(path) : undefined),
    exists: path => isThere(path) && host.exists(path),
    realPath: path => (isThere(path) ? host.realPath(path) : undefined),
    entriesIn: folder =>
      isThere(folder)
        ? host.entriesIn(folder)?.filter(({ name }) => isThere(join(folder, name)))
        : undefined,
  };
}

/** The folders that files are in, up to the root. */
function foldersOf(places: Iterable<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const place of places)
    for (let folder = dirname(place); !folders.has(folder); folder = dirname(folder))
      folders.add(folder);
  return folders;
}

/** By name, those of the machine first. */
function merged(
  own: readonly FolderEntry[] | undefined,
  added: readonly FolderEntry[],
): readonly FolderEntry[] | undefined {
  if (own === undefined && added.length === 0) return undefined;
  const all = new Map([...added, ...(own ?? [])].map(entry => [entry.name, entry]));
  return [...all.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
