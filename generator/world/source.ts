import { isUtf8 } from 'node:buffer';
import type { Finding, Place } from '../core/finding.ts';
import { decoded, type Host, isSystemError, reasonOf } from '../core/host.ts';
import { listItems, manifestsOf } from '../core/kube-object.ts';
import { oncePerText } from '../core/once.ts';
import type { IdlePatch, LostFolder, Unknown } from '../kinds/facets.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { placedObject } from '../kinds/kinds.ts';
import { type ParseStream, parseManifests } from '../yaml/parse.ts';
import { locate } from '../yaml/places.ts';

export interface ObjectSource extends ManifestSource {
  readonly number: number;
  readonly objects: readonly PlacedObject[];
  /** Documents that are no Kubernetes objects. */
  readonly otherDocuments: number;
  /** How many of these are lists. */
  readonly lists?: number;
  readonly by?: PlacedObject;
  /** The `syncId` of that object, or of the one that it makes. */
  readonly sync?: string;
  /** The folder that a deployment object names and that does not exist. */
  readonly lost?: LostFolder & { readonly object: PlacedObject };
  /** Why a template for new folders cannot be read: nobody applies it, so that is no error. */
  readonly scaffold?: readonly Finding[];
  /** Patches in it that are laid over nothing; its object is the kustomization. */
  readonly idle?: readonly IdlePatch[];
  /** A file or folder of which only a change is seen, such as a chart that is not made. */
  readonly contents?: () => string;
  /** Its object stands for a kustomization with charts: no such object is applied. */
  readonly isNoObject?: true;
}

/** Parses the objects of a source; `namespace`: that of objects that name none. */
export function parseSource(
  source: ManifestSource,
  number: number,
  namespace: string,
  parse: ParseStream = parseManifests,
): ObjectSource {
  const { text, file, findings, isForeign } = source;
  const empty = withoutObjects(source, number);
  if (text === undefined) return empty;
  if (isForeign) return { ...empty, otherDocuments: 1 };
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
    otherDocuments: value.filter(isStranger).length,
    lists: value.filter(document => Array.isArray(document)).length,
  };
}

export function withoutObjects(source: ManifestSource, number: number): ObjectSource {
  return { ...source, number, objects: [], otherDocuments: 0 };
}

/** A text that looks like manifests but is not read as such: it may make whatever it names. */
export function namedIn(what: string, text: string): Unknown | undefined {
  if (!/^\s{0,40}-?\s{0,9}kind:/m.test(text)) return undefined;
  return { what, needsName: true, mayMake: namesIn(text) };
}

const namesIn = oncePerText((text): NonNullable<Unknown['mayMake']> => {
  const words = new Set(text.match(/[a-z0-9][a-z0-9.-]*/g));
  return name => words.has(name) && 'exactly';
});

/** A text with manifests: a file, or what kustomize or Helm made of a folder. */
export interface ManifestSource {
  readonly name: string;
  readonly file: string;
  /** kustomize or Helm made the text, so that no file has its lines. */
  readonly isBuilt: boolean;
  /** The version of the helm that made it; the file is a template. */
  readonly helm?: string;
  /** Absent when it could not be had; then `findings` say why. */
  readonly text?: string;
  readonly findings: readonly Finding[];
  /**
   * kustomize itself refuses it, so that nothing of it is applied. `likely`: unless an applier has files that are not
   * here, or other options. Where our parser alone refuses a text, an applier may read it: kubectl takes a name twice.
   */
  readonly fails?: 'surely' | 'likely';
  /** Parts of a kustomization that were not read, as they are remote or must not be. */
  readonly unread?: readonly Finding[];
  /** The text is not YAML, or is input of another program that makes manifests of it. */
  readonly isForeign?: true;
  /** What may hold objects that the text does not show. */
  readonly unknowns?: readonly Unknown[];
  /** The places of all files that it was made of; absent: of its file. */
  readonly places?: readonly string[];
  /** The paths through links by which a kustomization names its files. */
  readonly links?: readonly string[];
  /** Of its places, what sets up the functions that were not run, and the files that this names. */
  readonly functionPlaces?: readonly string[];
  /** How long kustomize took to make it, where that was more than ten seconds. */
  readonly seconds?: number;
  /** The name and version of the kustomize that made it, where that is not the pinned one. */
  readonly builder?: string;
  /** The kustomization that an applier has made of the folder's and its own fields. */
  readonly laid?: {
    readonly place: string;
    readonly text: string;
    /** The folder has a file of its own, which it was laid over. */
    readonly isOverFile: boolean;
  };
  /** The number of charts in it that Helm made, and the version of helm. */
  readonly madeCharts?: { readonly count: number; readonly helm: string };
  /** The kustomizations in it that have Helm charts made. */
  readonly charted?: readonly ChartedFile[];
  /** The namespace that a kustomization which cannot be built sets for all of its objects. */
  readonly namespace?: string;
}

export interface ChartedFile {
  readonly file: string;
  readonly place: string;
  readonly text: string;
  /** The `renderedKey` of each chart that Helm made. */
  readonly rendered: readonly string[];
  /** It has more charts, made by a generator or a field that we do not read: we see only whether their folder changes. */
  readonly hasOthers?: boolean;
}

/** The builds of sources that took kustomize long, the longest first. */
export function slowIn(
  sources: readonly ManifestSource[],
): { readonly folder: string; readonly seconds: number }[] {
  return sources
    .flatMap(({ name, seconds }) => (seconds === undefined ? [] : [{ folder: name, seconds }]))
    .sort((a, b) => b.seconds - a.seconds);
}

/** What a summary says of the builds of sources: which kustomize built, if it is another one, and where the time went. */
export function buildNotes(sources: readonly ManifestSource[]): string[] {
  const builders = [...new Set(sources.flatMap(({ builder }) => builder ?? []))].sort();
  return [
    ...(builders.length > 0 ? [`built by ${builders.join(' and ')}`] : []),
    ...slowIn(sources).map(({ folder, seconds }) => `kustomize took ${seconds} s for ${folder}`),
  ];
}

/** In bytes. A larger file of a folder is data, as etcd takes no object above 1.5 MiB. */
const MOST_BYTES = 20 * 1024 * 1024;

export function readNamed(file: string, host: Host): ManifestSource {
  const bytes = bytesOf(file, host);
  return typeof bytes === 'string' ? unreadable(file, file, bytes) : bytesSource(file, bytes);
}

/** A file of a folder. One that cannot hold manifests is skipped, with a finding. */
export function readFound(file: string, host: Host): ManifestSource {
  if (host.sizeOf(file) > MOST_BYTES) return skipped(file, 'the file is larger than 20 MiB');
  const bytes = bytesOf(file, host);
  return typeof bytes === 'string' ? skipped(file, bytes) : bytesSource(file, bytes);
}

function bytesOf(file: string, host: Host): Uint8Array | string {
  try {
    const bytes = host.readFile(file);
    const isText = !bytes.includes(0) || isUtf16(bytes);
    return isText ? bytes : 'the file is binary: it holds a NUL byte';
  } catch (error) {
    return `the file cannot be read: ${whyNotRead(error)}`;
  }
}

function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** An error in words. The message of the system's own error has absolute paths in it. */
export function whyNotRead(error: unknown): string {
  if (isSystemError(error)) return reasonOf(error);
  return error instanceof Error ? error.message : String(error);
}

export function bytesSource(file: string, bytes: Uint8Array): ManifestSource {
  // go-yaml reads UTF-16 too, and refuses what is no text: what such a file holds is not known here.
  if (!isUtf8(bytes))
    return unreadable(file, file, 'the file is not UTF-8, so it is not read', 'Write it in UTF-8.');
  return fileSource(file, { text: decoded(bytes) });
}

export function fileSource(file: string, more: Partial<ManifestSource> = {}): ManifestSource {
  return { name: file, file, isBuilt: false, findings: [], ...more };
}

/** A source for what is not read: it says what may have objects. */
export function nothing(name: string, unknown: Unknown, file: string = ''): ManifestSource {
  return fileSource(file, { name, unknowns: [unknown], places: [] });
}

/** The rule for what cannot hold manifests, or is too large. */
export const SKIPPED = 'skipped-file';

export function skipped(file: string, reason: string): ManifestSource {
  const finding = unreadableFinding(`skipped: ${reason}`, undefined, topOf(file));
  const findings = [{ ...finding, rule: SKIPPED, severity: 'warning' } as const];
  return fileSource(file, { findings });
}

export function unreadable(name: string, file: string, why: string, hint?: string): ManifestSource {
  return fileSource(file, { name, findings: [unreadableFinding(why, hint, topOf(file))] });
}

/** The finding for what is left out of a unit. */
export function notRead(what: string, hint: string, at?: Place): Finding {
  const finding = unreadableFinding(`not read: ${what}`, hint, at);
  return { ...finding, rule: 'not-read', severity: 'warning' };
}

export function unreadableFinding(message: string, hint?: string, at?: Place): Finding {
  const more = { ...(hint !== undefined && { hint }), field: '', ...(at !== undefined && { at }) };
  return { rule: 'unreadable', severity: 'error', message, ...more };
}

/** The place of a whole file. */
export function topOf(file: string): Place {
  return { file, line: 1, column: 1 };
}

/** Whether a source may hold manifests: JSON without an apiVersion is another program's settings. */
export function isManifest({ file, text }: ManifestSource): boolean {
  return !file.endsWith('.json') || text === undefined || WITH_VERSION.test(text);
}

/** The field in quotes, as YAML, which kubectl takes in any file, or in a name with escapes. */
const WITH_VERSION =
  /["']apiVersion["']|(?:^|[{,])[\s{,-]{0,40}apiVersion\s*:|"[^"\n]{0,99}\\u00[^"\n]{0,99}"\s*:/m;
