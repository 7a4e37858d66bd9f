import { dirname, join, relative } from 'node:path';
import { textOf } from '../core/host.ts';
import { isMap, type Json, type JsonObject, mapAt, scalarText } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { manifestsOf } from '../core/manifests.ts';
import { matchesGlob } from '../core/words.ts';
import { ARGOCD } from '../kinds/argocd/application.ts';
import { configMap } from '../kinds/core/secret.ts';
import type { AppliedFolder, ChartPlace, Substitute } from '../kinds/deployment-ends.ts';
import { artifactsOf, throughArtifacts } from '../kinds/flux/artifact-generator.ts';
import { isLeftAsWritten } from '../kinds/flux/kustomization.ts';
import { FLUX_KUSTOMIZE, FLUX_OPERATOR, SOURCE_EXTENSIONS } from '../kinds/flux/sources.ts';
import type { Find, Kind, PlacedObject } from '../kinds/kind.ts';
import { placedObject } from '../kinds/placed-object.ts';
import { parseStream } from '../yaml/parse.ts';
import { documentTexts } from '../yaml/syntax.ts';
import { isKustomization, kustomizationIn, listingOf } from './folders.ts';
import { isBelow } from './inside.ts';
import { type Begun, begunBuild, builtOrListed } from './kustomize/build.ts';
import { kustomizationsOf } from './kustomize/kustomization.ts';
import { isManifest } from './read-manifests.ts';
import { type Repository, withTree } from './repository.ts';
import { readFound, withFiles } from './source.ts';

/** The variables that a deployment object fills in. */
export interface Variables {
  readonly values: ReadonlyMap<string, string>;
  /** All are known: what is none of them is filled in with nothing. */
  readonly isWhole: boolean;
}

/** The variables of several maps, of which the last wins. */
function variablesOf(maps: readonly JsonObject[], isWhole: boolean): Variables {
  const entries = maps.flatMap(map => Object.entries(map));
  return {
    values: new Map(entries.map(([name, value]) => [name, isMap(value) ? '' : scalarText(value)])),
    isWhole,
  };
}

/**
 * `${VAR}`, `${VAR:=default}` and `$${VAR}`, which stands for itself. What Flux could not read stays as it
 * is, with both dollars (docs/facts/flux.md#variables).
 */
const VARIABLE = /(\$?)\$\{([A-Za-z_]\w{0,200})(?:(?::[-=]|=)([^{}\n]{0,500}))?\}/g;

/** Manifests with their variables filled in, but for the documents that are to be left as they are. */
export function filledManifests(
  { text, objects }: { readonly text: string; readonly objects: readonly PlacedObject[] },
  variables: Variables,
): string {
  const left = new Set(objects.filter(isLeftAsWritten).map(({ path }) => path[0]));
  if (left.size === 0) return substituted(text, variables);
  const parts = documentTexts(text) ?? [];
  if (parts.length === 0) return text;
  const filled = parts.map((part, index) =>
    left.has(index) ? part.text : substituted(part.text, variables),
  );
  return filled.join('---\n');
}

/**
 * A text with its variables filled in, as Flux does after a build (docs/facts/flux.md#variables).
 * What is not known stays as it is written.
 */
function substituted(text: string, { values, isWhole }: Variables): string {
  return text.replaceAll(
    VARIABLE,
    (whole: string, dollar: string, name: string, usual: string | undefined) => {
      if (dollar !== '') return whole.slice(1);
      const known = values.get(name);
      if (known !== undefined && (known !== '' || usual === undefined)) return known;
      return isWhole ? (usual ?? '') : whole;
    },
  );
}

/** The objects that were read so far, and the variables in ConfigMaps of them. */
export class KnownObjects {
  private readonly all = new Map<Kind | undefined, Map<string, PlacedObject>>();

  add(objects: readonly PlacedObject[]): void {
    for (const object of objects) {
      const own = this.all.get(object.known) ?? new Map<string, PlacedObject>();
      this.all.set(object.known, own.set(`${object.namespace}/${object.name}`, object));
    }
  }

  readonly find: Find = (kind, namespace, name) => this.all.get(kind)?.get(`${namespace}/${name}`);

  /** The variables that a deployment object fills in. */
  of({ values, from }: Substitute, by: PlacedObject): Variables {
    const maps = from.map(source => this.source(source, by));
    const data = maps.flatMap(map => (map === undefined ? [] : [mapAt(map.json, 'data')]));
    return variablesOf(
      [...data, values],
      maps.every(map => map !== undefined),
    );
  }

  /** Whether a ConfigMap with variables of an object may come of what is applied beside it. */
  isWaiting(object: PlacedObject): boolean {
    const named = appliedOf(object).flatMap(({ substitute }) => substitute?.from ?? []);
    return named.some(
      source => source.kind === configMap.kind && this.source(source, object) === undefined,
    );
  }

  private source(
    { kind, name }: Substitute['from'][number],
    by: PlacedObject,
  ): PlacedObject | undefined {
    return kind === configMap.kind ? this.find(configMap, by.namespace, name) : undefined;
  }
}

/** A deployment object as a file has it, before anything has changed it. */
interface RawDeployer {
  /** Its file, without links. */
  readonly place: string;
  readonly object: PlacedObject;
}

/** The deployment objects that are written in a repository. */
export interface RawDeployers {
  /** Those that lie in what they apply first. */
  readonly all: readonly RawDeployer[];
  /** Where in the repository the folder of one is; undefined: nowhere. */
  readonly folderOf: (applied: ChartPlace) => string | undefined;
}

/** Finds the deployment objects of a repository, and which of its folders they mean. */
export function rawDeployers(repository: Repository): RawDeployers {
  const { root, survey } = repository;
  const written = survey.listing.files
    .filter(file => /\.ya?ml$/.test(file))
    .flatMap(file => deployersIn(survey.listing.placeOf(file) || join(root, file), repository));
  const artifacts = written.flatMap(({ object }) => artifactsOf(object));
  const found = written.filter(({ object }) => appliedOf(object).length > 0);
  const elsewhere = otherSources(
    found.flatMap(({ object }) => appliedOf(object)).map(one => throughArtifacts(one, artifacts)),
    repository,
  );
  const folderOf = (one: ChartPlace): string | undefined => {
    const applied = throughArtifacts(one, artifacts);
    return elsewhere.has(sourceId(applied)) ? undefined : localFolder(applied, repository);
  };
  const isOwn = (deployer: RawDeployer): boolean =>
    appliedOf(deployer.object).some(applied => {
      const folder = folderOf(applied);
      return folder !== undefined && isBelow(folder, deployer.place);
    });
  const all = [...found.filter(isOwn), ...found.filter(deployer => !isOwn(deployer))];
  return { all, folderOf };
}

/**
 * The sources that are other repositories: every repository has a root, so one of which nothing
 * else is applied is another's, where there are some of which folders are here.
 */
function otherSources(
  applied: readonly AppliedFolder[],
  repository: Repository,
): ReadonlySet<string> {
  const isHere = (one: AppliedFolder): boolean =>
    !isRoot(one.path) && localFolder(one, repository) !== undefined;
  const here = new Set(applied.filter(isHere).map(sourceId));
  const others = applied.map(sourceId).filter(id => !here.has(id));
  return new Set(here.size === 0 ? [] : others);
}

/** Whether a path is all of its repository. */
export function isRoot(path: string): boolean {
  return /^[./]*$/.test(path);
}

/** What tells repositories apart; one has several URLs, over ssh and https. */
function sourceId({ url, source }: ChartPlace): string {
  const place = url?.replace(/^[a-z+]+:\/\//, '').replace(/^[\w-]+@/, '');
  return place?.replace(':', '/').replace(/(\.git)?\/?$/, '') ?? JSON.stringify(source);
}

function deployersIn(place: string, repository: Repository): RawDeployer[] {
  const text = textAtPlace(place, repository);
  if (!GROUPS.some(group => text.includes(`${group}/`))) return [];
  return manifestsOf(parseStream(text).value ?? [])
    .map(({ object, path }) => placedObject(object, -1, path, repository.namespace))
    .map(object => ({ place, object: withTree(object, repository.tree) }))
    .filter(({ object }) => appliedOf(object).length > 0 || artifactsOf(object).length > 0);
}

const GROUPS = [FLUX_KUSTOMIZE, FLUX_OPERATOR, ARGOCD, SOURCE_EXTENSIONS];

/** The folders that an object has applied. */
export function appliedOf(object: PlacedObject): readonly AppliedFolder[] {
  return object.known?.applies?.folders?.(object) ?? [];
}

/**
 * Where the folder of a deployment object is in a repository: from its root on, or, where only a part
 * of one is read, from a folder above that; undefined: nowhere.
 */
function localFolder(
  { path, url = '' }: Pick<AppliedFolder, 'path' | 'url'>,
  { root, host }: Repository,
): string | undefined {
  if (isUnresolved(path) || isUnresolved(url)) return undefined;
  for (const top of aboveAndOwn(root)) {
    const place = host.realPath(join(top, path));
    if (place !== undefined && isBelow(root, place)) return place;
    // The whole of a repository has nothing above it.
    if (host.exists(join(top, '.git'))) return undefined;
  }
  return undefined;
}

/** A folder and those above it. */
function aboveAndOwn(folder: string): string[] {
  const steps = folder.split('/');
  return steps
    .map((_, index) => steps.slice(0, steps.length - index).join('/') || '/')
    .slice(0, 20);
}

/**
 * What a deployment object has applied of a folder, before namespaces and variables are filled in. Its
 * builds begin; each is waited for.
 */
export function sourcesOfFolder(
  place: string,
  applied: AppliedFolder,
  repository: Repository,
): Begun {
  const { host } = repository;
  if (!host.isFolder(place)) return () => [readFound(repository.shown(place), host)];
  const file = kustomizationIn(place, host);
  const isChanged = Object.keys(applied.overlay).length > 0;
  if (file !== undefined && !isChanged) return built(file, applied, repository);
  const found = filesBelow(place, applied, repository);
  if (isChanged) return builtOver(file, place, { applied, found }, repository);
  const begun = found.map(path =>
    isKustomization(path.slice(path.lastIndexOf('/') + 1))
      ? built(path, applied, repository)
      : () => [readFound(repository.shown(path), host)].filter(isManifest),
  );
  return () => begun.flatMap(finish => finish());
}

function built(
  file: string,
  { isUnrestricted }: AppliedFolder,
  { bounds: root, allowed, shown, host }: Repository,
): Begun {
  const target = { folder: shown(dirname(file)), file: shown(file), root, allowed };
  return builtOrListed({ ...target, isUnrestricted }, shown, host);
}

interface Contents {
  readonly applied: AppliedFolder;
  readonly found: readonly string[];
}

/** The folder's kustomization, or one of all that it holds, with what the deployer lays over it. */
function builtOver(
  file: string | undefined,
  place: string,
  { applied, found }: Contents,
  repository: Repository,
): Begun {
  const { bounds: root, allowed, shown, host } = repository;
  const [own] = file === undefined ? [] : kustomizationsOf({ shown: shown(place), place }, host);
  const document = own?.document ?? { resources: found.map(path => entryOf(place, path)) };
  const name = file ?? join(place, 'kustomization.yaml');
  const merged = JSON.stringify(mergedKustomization(document, applied.overlay as JsonObject));
  const target = { folder: shown(place), file: shown(name), root, allowed };
  const { isUnrestricted } = applied;
  const virtual = withFiles(host, new Map([[name, merged]]));
  const written = own === undefined ? {} : { written: own.text };
  const begun = begunBuild({ ...target, ...written, isUnrestricted }, virtual);
  return () => {
    const source = begun();
    return [{ ...source, places: [...(source.places ?? []), ...found] }];
  };
}

function entryOf(place: string, path: string): string {
  const isFolder = isKustomization(path.slice(path.lastIndexOf('/') + 1));
  return relative(place, isFolder ? dirname(path) : path);
}

/**
 * The manifests that a tool finds in a folder that is no kustomization, and the files of those below,
 * which stand for all that is beside and below them.
 */
function filesBelow(
  folder: string,
  { reads: { isRecursive, include, exclude } }: AppliedFolder,
  { root, survey, host }: Repository,
): string[] {
  const start = folder === root ? '' : `${relative(root, folder)}/`;
  const known = survey.listing.files.filter(file => file.startsWith(start));
  // A config may leave out what is applied all the same.
  const found = known.length > 0 ? known : listingOf(folder, host).files.map(file => start + file);
  const places = found
    .filter(file => /\.(ya?ml|json)$|(^|\/)Kustomization$/.test(file))
    .map(file => join(root, file));
  const tops = places.filter(place => isKustomization(place.slice(place.lastIndexOf('/') + 1)));
  const homes = tops.map(dirname);
  const isWanted = (place: string): boolean => {
    const path = relative(folder, place);
    return (
      (isRecursive || !path.includes('/')) &&
      (include === undefined || matchesGlob(include, path)) &&
      (exclude === undefined || !matchesGlob(exclude, path))
    );
  };
  return places.filter(place => {
    const above = homes.filter(home => home !== dirname(place) && isBelow(home, place));
    if (tops.includes(place)) return isRecursive && above.length === 0;
    return (
      above.length === 0 && !homes.includes(dirname(place)) && isWanted(place) && host.exists(place)
    );
  });
}

/** A file's text for those who ask whether it says something. */
export function textAtPlace(place: string, { host }: Repository): string {
  return host.kindOf(place) === 'file' ? textOf(place, host) : '';
}

/**
 * A kustomization with the fields of a deployment object: its lists come last, as what it says wins;
 * its prefixes and namespace take the place of the kustomization's own (Flux, `kustomize.Generator`).
 */
function mergedKustomization(document: unknown, overlay: JsonObject): JsonObject {
  const own = isMap(document) ? document : {};
  const laid = Object.entries(overlay).map(([field, value]) => [field, merged(own[field], value)]);
  return { ...own, ...Object.fromEntries(laid) };
}

function merged(own: Json | undefined, laid: Json): Json {
  if (Array.isArray(laid)) return Array.isArray(own) ? [...own, ...laid] : laid;
  return isMap(own) && isMap(laid) ? { ...own, ...laid } : laid;
}
