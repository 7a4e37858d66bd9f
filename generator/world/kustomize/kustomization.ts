import { join, resolve } from 'node:path';
import type { Path, Place } from '../../core/finding.ts';
import { type Host, textOf } from '../../core/host.ts';
import { isMap, textAt, valueAt } from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { manifestsOf } from '../../core/manifests.ts';
import { oncePerText } from '../../core/once.ts';
import { hideSecrets } from '../../core/secret-text.ts';
import type { Unknown } from '../../kinds/deployment-ends.ts';
import { parseStream } from '../../yaml/parse.ts';
import { placesIn } from '../../yaml/places.ts';
import { NAMES } from '../folders.ts';
import { isBelow } from '../inside.ts';
import type { Allowed } from '../programs.ts';

/**
 * A kustomization whose patches each have a target: those that name their object by being like it
 * fail where there is none, those with a target change nothing then. Patches of the old field come
 * first, as kustomize applies them.
 */
export function withTargets(
  document: object,
  { folder }: Kustomization,
  host: Host,
): Record<string, unknown> {
  const read = (path: unknown): string | undefined => readText(resolve(folder, String(path)), host);
  const listed = (name: string): unknown[] =>
    Object.entries(document).flatMap(([key, value]) =>
      isField(key, name) && Array.isArray(value) ? value : [],
    );
  const old = listed('patchesStrategicMerge').map(entry => ({ patch: read(entry) ?? entry }));
  const patches = [
    ...old.flatMap(entry => targeted(entry, entry.patch)),
    ...listed('patches').flatMap(entry => {
      if (!isMap(entry) || entry['target'] !== undefined) return [entry];
      return targeted(entry, entry['patch'] ?? read(entry['path']));
    }),
  ];
  const others = Object.entries(document).filter(
    ([key]) => !['patches', 'patchesStrategicMerge'].some(name => isField(key, name)),
  );
  return { ...Object.fromEntries(others), ...(patches.length > 0 && { patches }) };
}

export function readText(path: string, host: Host): string | undefined {
  const place = host.realPath(path);
  return place === undefined || host.isFolder(place) ? undefined : textOf(place, host);
}

/** A patch for each object of the text; as it was where it is no such patch. */
function targeted(entry: object, text: unknown): unknown[] {
  const objects = typeof text === 'string' ? manifestsOf(parsed(text).value ?? []) : [];
  if (objects.length === 0) return [entry];
  const { path: _, ...rest } = { path: undefined, ...entry };
  return objects.map(({ object }) => ({
    ...rest,
    patch: JSON.stringify(object),
    target: targetOf(object),
  }));
}

function targetOf(object: KubeObject): object {
  const { apiVersion, kind } = object;
  const [version = '', group] = apiVersion.split('/').reverse();
  const name = textAt(object, 'metadata', 'name');
  const namespace = textAt(object, 'metadata', 'namespace');
  return {
    ...(group !== undefined && { group: literal(group) }),
    version: literal(version),
    kind: literal(kind),
    ...(name !== undefined && { name: literal(name) }),
    ...(namespace !== undefined && { namespace: literal(namespace) }),
  };
}

/** A regular expression for a text: kustomize takes the parts of a target as such. */
function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

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

/** Something that a kustomization, or what sets up a function, has kustomize load. */
export interface Load {
  readonly kind: LoadKind;
  /** As it is written; of a chart nothing. */
  readonly entry: string;
  readonly path: Path;
  /** What of the document goes when it is not to be loaded. */
  readonly unit: Path;
}

/**
 * `base`: a file of objects, or a folder with a kustomization. `function`: the same, or YAML, of what
 * sets up a generator, transformer or validator. `source`: a file, with a key before it or without.
 */
type LoadKind = 'base' | 'function' | 'file' | 'source' | 'chart';

/** A field, each item of a list as `*`, and how many steps of it are the unit. */
type Field = readonly [kind: LoadKind, field: string, unit?: number];

const GENERATOR: readonly Field[] = [
  ['source', 'files.*'],
  ['source', 'envs.*'],
  ['source', 'env'],
];

/**
 * The fields of a kustomization that name something to load (kustomize, api/types/kustomization.go
 * and every caller of Loader.Load and Loader.New).
 */
const FIELDS: readonly Field[] = [
  ['base', 'resources.*'],
  ['base', 'bases.*'],
  ['base', 'components.*'],
  ['function', 'generators.*'],
  ['function', 'transformers.*'],
  ['function', 'validators.*'],
  ['file', 'crds.*'],
  ['file', 'configurations.*'],
  ['file', 'openapi.path', 1],
  ['file', 'patches.*.path', 2],
  ['file', 'patchesStrategicMerge.*'],
  ['file', 'patchesJson6902.*.path', 2],
  ['file', 'replacements.*.path', 2],
  ...['configMapGenerator', 'secretGenerator'].flatMap(name =>
    GENERATOR.map(([kind, field]): Field => [kind, `${name}.*.${field}`]),
  ),
  ['chart', 'helmCharts.*'],
  ['chart', 'helmChartInflationGenerator.*'],
];

/** The fields that kustomize's own functions load (api/internal/builtins), whichever it is. */
const FUNCTION_FIELDS: readonly Field[] = [
  ...GENERATOR,
  ['file', 'path'],
  ['file', 'paths.*'],
  ['file', 'replacements.*.path'],
  ['file', 'targetFilePath'],
];

/** kustomize's own function that calls helm. */
const CHART = 'HelmChartInflationGenerator';

/** What a kustomization has loaded. */
function loadsIn(kustomization: unknown): Load[] {
  return FIELDS.flatMap(field => loadsAt(kustomization, field));
}

/** What an object that sets up a function has loaded, also in what it holds, as a List does. */
export function functionLoads(object: unknown): Load[] {
  if (typeof object !== 'object' || object === null) return [];
  const isChart = valuesAt(object, ['kind']).some(({ value }) => value === CHART);
  return [
    ...(isChart ? [{ kind: 'chart', entry: '', path: [], unit: [] } as const] : []),
    ...FUNCTION_FIELDS.flatMap(field => loadsAt(object, field)),
    ...Object.values(object).flatMap(functionLoads),
  ];
}

function loadsAt(document: unknown, [kind, field, steps]: Field): Load[] {
  return valuesAt(document, field.split('.')).flatMap(({ value, path }) =>
    typeof value === 'string' || kind === 'chart'
      ? [{ kind, entry: typeof value === 'string' ? value : '', path, unit: path.slice(0, steps) }]
      : [],
  );
}

interface Found {
  readonly value: unknown;
  readonly path: Path;
}

/** What stands at a field: several values, as its name may be there in several cases. */
export function valuesAt(document: unknown, [step, ...rest]: readonly string[]): Found[] {
  if (step === undefined) return [{ value: document, path: [] }];
  return entriesAt(document, step).flatMap(([key, value]) =>
    valuesAt(value, rest).map(found => ({ ...found, path: [key, ...found.path] })),
  );
}

function entriesAt(value: unknown, step: string): (readonly [string | number, unknown])[] {
  if (step === '*') return Array.isArray(value) ? [...value.entries()] : [];
  return isMap(value) ? Object.entries(value).filter(([key]) => isField(key, step)) : [];
}

/** Go's decoder of JSON takes a name in any case, by Unicode's simple folding: `reſources` too. */
export function isField(key: string, field: string): boolean {
  return key === field || folded(key) === folded(field);
}

function folded(name: string): string {
  return name.toUpperCase().toLowerCase();
}

/**
 * Whether kustomize would fetch what an entry names. Taken wider than kustomize takes it
 * (api/internal/git/repospec.go, api/internal/loader/fileloader.go): schemes in any case, `git::`
 * before them, `user@host:path`, and `github.com/…`, which it clones even where such a folder is.
 */
export function isRemote(entry: string): boolean {
  return /^\s*(?:[a-z0-9]{1,20}::|https?:|(?:ssh|git|file|ftp):\/\/|github\.com[/:]|[a-z][a-z0-9-]*@[^/:]*[/:])/i.test(
    entry,
  );
}

/** Whether a part of an entry could be taken for an option by git, which gets it as an argument. */
export function hasOption(entry: string): boolean {
  return [entry, decoded(entry)].some(text => /(?:^|[/?&=:@#;\s])-/.test(text));
}

/** An entry of `files` may have a key before it: `key=path`. */
export function sourcePath(entry: string): string {
  return entry.slice(entry.lastIndexOf('=') + 1);
}

/** An entry as a message shows it: without a login, without what a query holds but for plain refs. */
export function shownRemote(entry: string): string {
  const [line = '', ...more] = entry.trim().split(/[\r\n]/, 2);
  const open = line
    .replace(/\/\/(?!git@)[^/@]*@/, '//…@')
    .replaceAll(/([?&][\w-]*=)([^&]*)/g, (_, name: string, value: string) =>
      /^[?&](?:ref|version)=$/i.test(name) && /^\w[\w./-]*$/.test(value)
        ? name + value
        : `${name}…`,
    );
  const shown = hideSecrets(open);
  return shown.length > MOST || more.length > 0 ? `${shown.slice(0, MOST)}…` : shown;
}

/** How much of an entry a message shows. */
const MOST = 160;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
