import { join, resolve } from 'node:path';
import type { Place } from '../../ground/finding.ts';
import { type Host, textOf } from '../../ground/host.ts';
import { textAt, valueAt } from '../../ground/json.ts';
import { placesIn } from '../../ground/locate.ts';
import { oncePerText } from '../../ground/once-per.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import type { Unknown } from '../../kinds/deployment-ends.ts';
import { isBelow } from '../inside.ts';
import { NAMES } from '../kustomization-files.ts';
import type { Allowed } from './allowed.ts';
import { type Load, loadsIn, valuesAt } from './loads.ts';
import { isRemote, sourcePath } from './remote.ts';

/** A file that makes a folder a kustomization. */
export interface Kustomization {
  /** Its folder, without links. */
  readonly folder: string;
  readonly name: string;
  /** As a person finds it. */
  readonly file: string;
  readonly text: string;
  /** The text that places are in, where a deployer has laid more over it; its own entries come first. */
  readonly written?: string;
  /** What kustomize reads of it: the first document. Undefined where it is no YAML. */
  readonly document: unknown;
  readonly loads: readonly Load[];
}

/** A folder, as a person finds it and without links. */
export interface Folder {
  readonly shown: string;
  readonly place: string;
  readonly written?: string | undefined;
}

/**
 * The files that make a folder a kustomization; several are kustomize's to refuse. As kustomize has
 * it, a link that leads out of the folder makes it none.
 */
export function kustomizationsOf({ shown, place, written }: Folder, host: Host): Kustomization[] {
  return NAMES.flatMap(name => {
    const real = host.realPath(join(place, name));
    if (real === undefined || !isBelow(place, real) || host.isFolder(real)) return [];
    const text = textOf(real, host);
    const [document] = parsed(text).value ?? [];
    const own = { text, ...(written !== undefined && { written }), document };
    return [{ folder: place, name, file: join(shown, name), ...own, loads: loadsIn(document) }];
  });
}

/** Whether it is one that only adds to others. */
export function isComponent({ document }: Kustomization): boolean {
  return valuesAt(document, ['kind']).some(({ value }) => value === 'Component');
}

/** The documents of a kustomization: read for several reasons, parsed once. */
export const parsed: typeof parseStream = oncePerText(parseStream);

/**
 * Whether every parser takes a text for the same. kustomize's is of YAML 1.1: it knows more breaks
 * of lines, and `<<` in it wins over what stands before. Anchors, tags and several documents are
 * rare in kustomizations, so what has them counts as odd too.
 */
export function isPlain(text: string): boolean {
  const [head = ''] = /^(?:[ \t]*(?:#[^\n]*)?\r?\n|---[ \t]*\r?\n){0,100}/.exec(text) ?? [];
  return !ODD.test(text.slice(head.length)) && (head.match(/^---/gm)?.length ?? 0) < 2;
}

const ODD =
  /(?:^|[\s[{,:-])[&*!]\S|<<|^[ \t]*\?|^%|^(?:---|\.\.\.)|[\u0080-\u009f\u2028\u2029\ufeff]/m;

/** An entry of a kustomization. */
export interface KustomizationEntry {
  readonly by: Kustomization;
  readonly load: Load;
}

/** A chart that Helm made, in whose place its objects are loaded. */
export interface MadeEntry extends KustomizationEntry {
  /** The file that they are put into, in the folder of the kustomization. */
  readonly name: string;
  readonly text: string;
  /** The files of the chart, without links. */
  readonly places: readonly string[];
  /** What it may make besides. */
  readonly unknowns: readonly Unknown[];
}

/** One in whose place files are loaded, which are named from the folder of the kustomization on. */
export interface Replaced extends KustomizationEntry {
  readonly files: readonly string[];
}

/** Where kustomize looks for what an entry names. */
export function entryPath({ by, load: { kind, entry } }: KustomizationEntry): string {
  return resolve(by.folder, kind === 'source' ? sourcePath(entry) : entry);
}

/** Where an entry leads when links are followed; undefined: nowhere, or to a server. */
export function entryTarget(entry: KustomizationEntry, host: Host): string | undefined {
  const isNamed = entry.load.entry.trim() !== '' && !isRemote(entry.load.entry);
  return isNamed ? host.realPath(entryPath(entry)) : undefined;
}

/** What an entry names; what is written out in it may hold a secret. */
export function entryName({ by, load: { kind, entry, path } }: KustomizationEntry): string {
  if (kind === 'chart') return textAt(valueAt(by.document, path), 'name') ?? '';
  return /[\n{}]|:\s/.test(entry) ? '' : entry;
}

/** Where an entry stands. */
export function entryPlace({
  by: { file, text, written = text },
  load: { path },
}: KustomizationEntry): Place {
  return placesIn({ file, text: written })({ path });
}

/** A kustomization to build. */
export interface Buildable {
  readonly folder: string;
  /** The file that findings about the whole point at. */
  readonly file: string;
  /** What it may not leave. */
  readonly root: string;
  readonly allowed: Allowed;
  /** Its files may be anywhere below the root, as its deployer has kustomize not mind. */
  readonly isUnrestricted?: boolean;
  /** Its own text as a person has it, where its deployer lays more over it. */
  readonly written?: string;
}
