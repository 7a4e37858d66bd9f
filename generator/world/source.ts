import type { Finding } from '../core/finding.ts';
import { type Host, isSystemError, reasonOf } from '../core/host.ts';
import { listItems, manifestsOf } from '../core/manifests.ts';
import type { LostFolder, Unknown } from '../kinds/deployment-ends.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { placedObject } from '../kinds/placed-object.ts';
import { type ParseStream, parseStream } from '../yaml/parse.ts';
import { locate } from '../yaml/places.ts';

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
  return { what, isOfNames: true, mayMake: name => words.has(name) };
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
  return fileSource(file, { text: new TextDecoder().decode(bytes) });
}

/** A source that is a file as it is written. */
export function fileSource(file: string, more: Partial<ManifestSource> = {}): ManifestSource {
  return { name: file, file, isBuilt: false, findings: [], ...more };
}

/** A source for what is not read: it has no objects, and says what may have some. */
export function nothing(
  { name, file = '', number }: Pick<ObjectSource, 'name' | 'number'> & { readonly file?: string },
  unknown: Unknown,
): ObjectSource {
  const source = fileSource(file, { name, unknowns: [unknown], places: [] });
  return { ...source, number, objects: [], strangers: 0 };
}

/** What a folder has and nobody reads, and why. */
export function skipped(file: string, reason: string): ManifestSource {
  const finding = unreadableFinding(file, `skipped: ${reason}`);
  const findings = [{ ...finding, rule: 'skipped-file', severity: 'warning' } as const];
  return fileSource(file, { findings });
}

/** Manifests that cannot be had, and why. */
export function unreadable(
  name: string,
  file: string,
  message: string,
  hint?: string,
): ManifestSource {
  return fileSource(file, { name, findings: [unreadableFinding(file, message, hint)] });
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

/** Gives each source, or tree, a number of its own. */
export type Numbers = () => number;

/** Other programs' settings in JSON, which may hold comments, are not for us to read. */
export function isManifest({ file, text }: ManifestSource): boolean {
  return !file.endsWith('.json') || text === undefined || text.includes('"apiVersion"');
}
