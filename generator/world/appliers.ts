import { basename, dirname, join, relative } from 'node:path';
import { textOf } from '../core/host.ts';
import { hasText, isMap, type Json, listAt, mapAt, scalarText, textAt } from '../core/json.ts';
import { isUnresolved, manifestsOf } from '../core/kube-object.ts';
import { matchesGlob } from '../core/names.ts';
import { oncePer } from '../core/once.ts';
import { filledText } from '../core/template/value.ts';
import { ARGOCD } from '../kinds/argocd/application.ts';
import { configMap } from '../kinds/core/secret.ts';
import type { AppliedFolder, ChartPlace, SourceName, Substitute } from '../kinds/facets.ts';
import { artifactsOf, isLeftAsWritten, throughArtifacts } from '../kinds/flux/kustomization.ts';
import { FLUX_EXTENSIONS, FLUX_KUSTOMIZE, FLUX_OPERATOR, SOURCES } from '../kinds/flux/sources.ts';
import type { Find, Kind, PlacedObject } from '../kinds/kind.ts';
import { placedObject } from '../kinds/kinds.ts';
import { documentTexts, parseManifests } from '../yaml/parse.ts';
import {
  builtPath,
  isKustomization,
  kustomizationIn,
  listingOf,
  toolFor,
  withFiles,
} from './folders.ts';
import { isBelow, pathFrom } from './inside.ts';
import { built, builtOrListed, holdsMarked } from './kustomize/build.ts';
import { kustomizationsOf } from './kustomize/kustomization.ts';
import { foldersAbove, type Repository, withTree } from './repository.ts';
import { isManifest, type ManifestSource, notRead, topOf } from './source.ts';

export interface Variables {
  readonly values: ReadonlyMap<string, string>;
  /** No other variable exists: for any other name Flux fills in its default, or nothing. */
  readonly isWhole: boolean;
}

/**
 * `$$`, which is a `$`; `${VAR}` and `${VAR:=default}`; the beginning of any other expression (docs/facts/flux.md#variables).
 * `$${` stays before what Flux could not read, so that it is not taken for such (`unfillableTexts`).
 */
const VARIABLE =
  /\$\$(\{(?!#?[\p{L}\p{N}_]+[:=,^/#%}]))?|\$\{(?:([A-Za-z_]\w*)(?:(?::[-=?+]|=)([^{}\n]*))?\}|#?([\p{L}\p{N}_]+)(?=[:=,^/#%}]))/gu;

/** How many characters variables may add to manifests. */
const LONGEST = 10_000_000;

/** Manifests with their variables filled in, but for documents that Flux leaves alone; undefined: that is too long. */
export function filledManifests(
  { text, objects }: { readonly text: string; readonly objects: readonly PlacedObject[] },
  variables: Variables,
): string | undefined {
  const left = new Set(objects.filter(isLeftAsWritten).map(({ path }) => path[0]));
  if (left.size === 0) return substituted(text, variables);
  const parts = documentTexts(text) ?? [];
  if (parts.length === 0) return text;
  const filled = parts.map((part, index) =>
    left.has(index) ? part.text : substituted(part.text, variables),
  );
  return filled.includes(undefined) ? undefined : filled.join('---\n');
}

/** A text with its known variables filled in, as Flux does after a build (docs/facts/flux.md#variables). */
function substituted(text: string, { values, isWhole }: Variables): string | undefined {
  if (isWhole && values.size === 0) return text;
  const filledIn = (name: string): string | undefined =>
    values.get(name) ?? (isWhole ? '' : undefined);
  const fill = ([whole, brace, name, usual = '', inOther = '']: RegExpExecArray): string => {
    if (whole.startsWith('$$')) return brace === undefined ? '$' : whole;
    const value = filledIn(name ?? inOther);
    if (value === undefined) return whole;
    // What an expression makes of a value is not known here, but of which value.
    return name === undefined ? `${whole}=${asWord(value)}` : value || usual;
  };
  return filledText(text, VARIABLE, fill, text.length + LONGEST);
}

/** A value as a word that a text may hold anywhere, and that differs for every value. */
function asWord(value: string): string {
  return value.replaceAll(/[^\w.-]/gu, sign => `%${sign.codePointAt(0)?.toString(16)};`);
}

/** The objects that were read so far, with the variables in their ConfigMaps. */
export class KnownObjects {
  private readonly all = new Map<Kind | undefined, Map<string, PlacedObject>>();
  private readonly areFilledLate: boolean;

  constructor(areFilledLate: boolean) {
    this.areFilledLate = areFilledLate;
  }

  add(objects: readonly PlacedObject[]): void {
    for (const object of objects) {
      const ofKind = this.all.get(object.knownKind) ?? new Map<string, PlacedObject>();
      this.all.set(object.knownKind, ofKind.set(`${object.namespace}/${object.name}`, object));
    }
  }

  readonly find: Find = (kind, namespace, name) => this.all.get(kind)?.get(`${namespace}/${name}`);

  variablesOf({ values, from }: Substitute, by: PlacedObject): Variables {
    const maps = from.map(source => this.source(source, by));
    const data = maps.flatMap(map => (map === undefined ? [] : [mapAt(map.json, 'data')]));
    const entries = [...data, values].flatMap(map => Object.entries(map));
    return {
      values: new Map(
        entries.map(([name, value]) => [name, scalarText(value).replaceAll('\n', '')]),
      ),
      isWhole: !this.areFilledLate && maps.every(map => map !== undefined),
    };
  }

  isWaiting(object: PlacedObject): boolean {
    const named = appliedOf(object).flatMap(({ substitute }) => substitute?.from ?? []);
    return named.some(
      source => source.kind === configMap.kind && this.source(source, object) === undefined,
    );
  }

  private source({ kind, name }: Substitute['from'][number], by: PlacedObject) {
    return kind === configMap.kind ? this.find(configMap, by.namespace, name) : undefined;
  }
}

/** A deployment object as it is in its file, before kustomize or another deployment object changes it. */
export interface RawDeployer {
  readonly place: string;
  readonly object: PlacedObject;
}

export interface RawDeployers {
  /** Those that lie in a folder which they apply themselves come first. */
  readonly all: readonly RawDeployer[];
  /** All folders that these apply. */
  readonly applied: readonly AppliedFolder[];
  /** The place of an applied folder in the repository; undefined: it is not there. */
  readonly folderOf: (applied: ChartPlace) => string | undefined;
  /** The same for an object of another repository: its URL must be that of this clone, if that is known. */
  readonly folderFor: (applied: ChartPlace) => string | undefined;
  /** The source of Flux that an applied folder comes from: the first one, if others are made of it. */
  readonly sourceOf: (applied: ChartPlace) => SourceName | undefined;
  readonly sources: readonly RawDeployer[];
  /** The URL of the repository that an applied folder is in, where it is known. */
  readonly urlOf: (applied: ChartPlace) => string | undefined;
  /** A webhook may add variables to Kustomizations, which are in no manifest. */
  readonly areFilledLate: boolean;
}

/** Finds the deployment objects of a repository, and the folders that they apply. */
export function rawDeployers(repository: Repository): RawDeployers {
  const { files, placeOf } = repository.survey.listing;
  let areFilledLate = false;
  const all = files
    .filter(file => /\.ya?ml$/.test(file))
    .flatMap(file => {
      const place = placeOf(file);
      const text = textOf(place, repository.host);
      areFilledLate ||= fillsLate(text);
      return deployersIn(place, text, repository);
    });
  const written = all.filter(({ object }) => object.group !== SOURCES);
  const artifacts = written.flatMap(({ object }) => artifactsOf(object));
  const found = written.filter(({ object }) => appliedOf(object).length > 0);
  const sources = all.filter(({ object }) => object.group === SOURCES);
  const through = <T extends ChartPlace>(named: T): T => throughArtifacts(named, artifacts);
  const urls = new Map(
    sources.map(({ object }) => [sourceName(object), textAt(object.json, 'spec', 'url')]),
  );
  const urlOf = (named: ChartPlace): string | undefined => {
    const { url, source } = through(named);
    return plainUrl(url ?? (source && urls.get(sourceName(source))));
  };
  const foldersAround = ({ object, place }: RawDeployer, folderOf: FolderOf): AppliedFolder[] =>
    appliedOf(object).filter(named => {
      const folder = folderOf(through(named));
      return folder !== undefined && isBelow(folder, place);
    });
  const isHere: FolderOf = named => localFolder(named, repository);
  const around = found.flatMap(raw => foldersAround(raw, isHere));
  const applied = found.flatMap(({ object }) => appliedOf(object));
  const elsewhere = otherSources(
    applied.map(through),
    around.filter(({ path }) => !isRoot(path)).flatMap(named => urlOf(named) ?? []),
    { repository, urlOf },
  );
  const folderOf: FolderOf = named => {
    const source = through(named);
    return elsewhere.has(sourceId(source)) ? undefined : isHere(source);
  };
  const folderFor = (named: ChartPlace): string | undefined => {
    const url = plainUrl(named.url);
    const config = textAtPlace(join(repository.root, '.git', 'config'), repository);
    const mine = plainUrl(ORIGIN.exec(config)?.[1]);
    const isMine = mine === undefined ? !isRoot(named.path) : mine === url;
    return url !== undefined && isMine ? isHere(named) : undefined;
  };
  const appliesItself = (raw: RawDeployer): boolean => foldersAround(raw, folderOf).length > 0;
  return {
    all: [...found.filter(appliesItself), ...found.filter(raw => !appliesItself(raw))],
    applied,
    folderOf,
    sourceOf: named => through(named).source,
    folderFor,
    sources,
    urlOf,
    areFilledLate,
  };
}

type FolderOf = RawDeployers['folderOf'];

/** Whether a text installs a webhook that gives Kustomizations variables (docs/facts/flux.md#variables). */
function fillsLate(text: string): boolean {
  if (!text.includes(LATE) && !text.includes('MutatingWebhookConfiguration')) return false;
  return manifestsOf(parseManifests(text).value ?? []).some(({ object }) =>
    object.kind === 'MutatingWebhookConfiguration'
      ? hasText(object, field => field === FLUX_KUSTOMIZE)
      : hasText(object['spec'] ?? {}, field => field.split('/').at(-1) === LATE),
  );
}

const LATE = 'kustomize-mutating-webhook';

function sourceName({ kind, namespace, name }: SourceName): string {
  return JSON.stringify([kind, namespace, name]);
}

/** The sources that are other repositories: none of their folders but the root exists here, or their URL is none of `urls`. */
function otherSources(
  applied: readonly AppliedFolder[],
  urls: readonly string[],
  { repository, urlOf }: Pick<RawDeployers, 'urlOf'> & { readonly repository: Repository },
): ReadonlySet<string> {
  const isHere = (folder: AppliedFolder): boolean =>
    !isRoot(folder.path) && localFolder(folder, repository) !== undefined;
  const isOfOtherUrl = (folder: AppliedFolder): boolean => {
    const url = urlOf(folder);
    return urls.length > 0 && url !== undefined && !urls.includes(url);
  };
  const here = new Set(applied.filter(isHere).map(sourceId));
  const others = applied.filter(
    folder => isOfOtherUrl(folder) || (here.size > 0 && !here.has(sourceId(folder))),
  );
  return new Set(others.map(sourceId));
}

/** Whether a path is all of its repository. */
export function isRoot(path: string): boolean {
  return /^[./]*$/.test(path);
}

function sourceId({ url, source }: ChartPlace): string {
  return plainUrl(url) ?? url ?? JSON.stringify(source);
}

function plainUrl(url: string | undefined): string | undefined {
  if (url === undefined || isUnresolved(url)) return undefined;
  const place = url
    .replace(/^[a-z+]+:\/\/([^/@]*@)?([^/:]*)(:\d+)?/i, '$2')
    .replace(/^[\w-]+@/, '');
  const path = place
    .replace(':', '/')
    .replaceAll(/\/{2,9}/g, '/')
    .replace(/(\.git)?\/?$/, '');
  return path.toLowerCase();
}

const ORIGIN =
  /^\[remote "origin"\]\n(?:[ \t]{1,9}[^\n]{0,999}\n){0,20}?[ \t]{1,9}url = (\S{1,999})$/m;

function deployersIn(place: string, text: string, repository: Repository): RawDeployer[] {
  const isSource = text.includes(`${SOURCES}/`) && CUTS.test(text);
  if (!isSource && !GROUPS.some(group => text.includes(`${group}/`))) return [];
  return manifestsOf(repository.parse(text).value ?? [])
    .map(({ object, path }) => placedObject(object, -1, path, repository.namespace))
    .map(object => ({ place, object: withTree(object, repository.tree) }))
    .filter(
      ({ object }) =>
        object.group === SOURCES || appliedOf(object).length + artifactsOf(object).length > 0,
    );
}

/** A source that is a repository, or one that says which files it takes. */
const CUTS = /\b(?:kind: (?:GitRepository|OCIRepository|Bucket)|ignore|sparseCheckout|include)\b/;

const GROUPS = [FLUX_KUSTOMIZE, FLUX_OPERATOR, ARGOCD, FLUX_EXTENSIONS];

export const appliedOf: (object: PlacedObject) => readonly AppliedFolder[] = oncePer(
  object => object.knownKind?.applies?.folders?.(object) ?? [],
);

/** An applied folder below the root that is read: by its path from there or, in a part of a repository, from above. */
function localFolder(applied: Pick<AppliedFolder, 'path' | 'url'>, { root, host }: Repository) {
  const { path, url = '' } = applied;
  if (isUnresolved(path) || isUnresolved(url)) return undefined;
  for (let top = root; ; top = dirname(top)) {
    const place = host.realPath(join(top, path));
    if (place !== undefined && isBelow(root, place)) return place;
    if (top === dirname(top) || host.exists(join(top, '.git'))) return undefined;
  }
}

/** The sources of an applied folder, before namespaces and variables are filled in; undefined: it is a chart. */
export async function sourcesOfFolder(
  place: string,
  applied: AppliedFolder,
  lacks: (place: string) => boolean,
  repository: Repository,
): Promise<readonly ManifestSource[] | undefined> {
  const { host } = repository;
  if (!host.isFolder(place)) return [repository.read(place)];
  const tool = toolFor(place, applied, host);
  if (tool === 'helm') return undefined;
  const named = tool === 'directory' ? undefined : kustomizationIn(place, host);
  const file = named === undefined || lacks(named) ? undefined : named;
  const isChanged = Object.keys(applied.overlay).length > 0;
  if (file !== undefined && !isChanged) return builtFolder(file, applied, repository);
  const found = filesBelow(place, applied, lacks, repository);
  if (isChanged) return builtOver(file, place, { applied, found }, repository);
  if (applied.reads.names !== undefined) return found.map(path => readPlain(path, repository));
  const sources = found.map(path =>
    isKustomization(basename(path))
      ? builtFolder(path, applied, repository)
      : [repository.read(path)].filter(isManifest),
  );
  const read = (await Promise.all(sources)).flat();
  // Flux writes a kustomization of them (docs/facts/flux.md#what-is-applied).
  const isTaken = read.some(source => source.isBuilt !== true && holdsMarked(source));
  return isTaken ? builtOver(file, place, { applied, found }, repository) : read;
}

/** A file that Argo CD reads as it is, or that it makes manifests of: Jsonnet, and what has any name. */
function readPlain(path: string, repository: Repository): ManifestSource {
  const { root, survey, read, shown } = repository;
  if (MANIFEST.test(path)) return read(path);
  const isJsonnet = (file: string): boolean => file.endsWith('sonnet');
  // What it imports is a part of it: a change there is one of its own.
  const imported = isJsonnet(path) ? survey.listing.files.filter(isJsonnet) : [];
  const places = [path, ...imported.map(file => join(root, file))];
  const what = `"${shown(path)}", of which Argo CD makes manifests`;
  const hint = 'Write them in YAML or JSON.';
  return {
    ...read(path),
    text: places.map(place => textAtPlace(place, repository)).join('\n'),
    isForeign: true,
    unread: [notRead(what, hint, topOf(shown(path)))],
    unknowns: [{ what }],
  };
}

const MANIFEST = /\.(ya?ml|json)$/;

/** The names of files that may hold what is applied. */
const WANTED = {
  all: /^/,
  manifests: /\.(ya?ml|json|jsonnet)$/,
  usual: /\.ya?ml$|(^|\/)Kustomization$/,
} as const;

/** What the kustomization of a file makes. */
export function builtFolder(
  place: string,
  { isUnrestricted }: Pick<AppliedFolder, 'isUnrestricted'>,
  { bounds: root, allowed, shown, host }: Repository,
): Promise<readonly ManifestSource[]> {
  const file = shown(place);
  const target = { folder: dirname(file), file, root, allowed, isUnrestricted };
  return builtOrListed(target, shown, host);
}

async function builtOver(
  file: string | undefined,
  place: string,
  { applied, found }: { readonly applied: AppliedFolder; readonly found: readonly string[] },
  { bounds: root, allowed, shown, host }: Repository,
): Promise<readonly ManifestSource[]> {
  const [below] = file === undefined ? [] : kustomizationsOf({ shown: shown(place), place }, host);
  const resources = found.map(path => relative(place, builtPath(path)));
  const document = below?.document ?? { resources };
  const name = file ?? join(place, 'kustomization.yaml');
  const isThere = (component: Json): boolean => host.exists(join(place, scalarText(component)));
  const { components, ...fields } = applied.overlay;
  const overlay =
    applied.isLenient === true
      ? { ...fields, components: listAt({ components }, 'components').filter(isThere) }
      : applied.overlay;
  const merged = JSON.stringify(mergedKustomization(document, overlay));
  const target = { folder: shown(place), file: shown(name), root, allowed };
  const { isUnrestricted } = applied;
  const virtual = withFiles(host, new Map([[name, merged]]));
  const written = below === undefined ? {} : { written: below.text };
  const under = { place: name, host };
  const source = await built({ ...target, ...written, isUnrestricted, under }, virtual);
  const laid = { place: name, text: merged, isOverFile: file !== undefined };
  return [{ ...source, laid, places: [...(source.places ?? []), ...found] }];
}

function filesBelow(
  folder: string,
  { reads }: AppliedFolder,
  lacks: (place: string) => boolean,
  repository: Repository,
): string[] {
  const { isRecursive, include, exclude, unlessIn, names } = reads;
  const { root, whole, host } = repository;
  const start = folder === root ? '' : `${relative(root, folder)}/`;
  const { filesIn, hiddenAt } = whole();
  const listed = [...filesIn(start), ...hiddenAt(folder).filter(file => file.startsWith(start))];
  const found =
    listed.length > 0 ? listed : listingOf(folder, host, true).files.map(file => start + file);
  // Argo CD follows no link to a folder (docs/facts/argocd.md#sources).
  const isWalked = (home: string): boolean => host.realPath(home) === home;
  const places = found
    .filter(file => WANTED[names ?? 'usual'].test(file))
    .map(file => join(root, file))
    .filter(place => !lacks(place) && (names === undefined || isWalked(dirname(place))));
  const isTop = (place: string): boolean => names === undefined && isKustomization(basename(place));
  const tops = new Set(places.filter(isTop));
  const homes = new Set([...tops].map(dirname));
  const isWanted = (place: string): boolean => {
    const path = pathFrom(folder, place);
    return (
      (isRecursive || !path.includes('/')) &&
      (include === undefined || matchesGlob(include, path)) &&
      (exclude === undefined || !matchesGlob(exclude, path))
    );
  };
  return places.filter(place => {
    if (foldersAbove(dirname(place)).some(home => homes.has(home))) return false;
    if (tops.has(place)) return isRecursive;
    if (homes.has(dirname(place)) || !isWanted(place) || !host.exists(place)) return false;
    return unlessIn === undefined || !textAtPlace(place, repository).includes(unlessIn);
  });
}

/** A file's text, empty for what is no file. */
export function textAtPlace(place: string, { host }: Repository): string {
  return host.kindOf(place) === 'file' ? textOf(place, host) : '';
}

/** A kustomization with fields of a deployment object, as Flux merges them: lists last, other fields replaced. */
function mergedKustomization(document: unknown, overlay: AppliedFolder['overlay']) {
  const written = mapAt(document);
  const fields = Object.entries(overlay).map(([field, value]) => [
    field,
    merged(written[field], value, NAMED.includes(field)),
  ]);
  return { ...written, ...Object.fromEntries(fields) };
}

/** Lists in which Argo CD replaces what has the same name. */
const NAMED: readonly string[] = ['images', 'replicas'];

function merged(below: Json | undefined, above: Json, isNamed: boolean): Json {
  if (Array.isArray(above)) {
    const names = above.map(entry => textAt(entry, 'name'));
    const isKept = (entry: Json): boolean => !isNamed || !names.includes(textAt(entry, 'name'));
    return Array.isArray(below) ? [...below.filter(isKept), ...above] : above;
  }
  return isMap(below) && isMap(above) ? { ...below, ...above } : above;
}
