import { dirname, join, relative } from 'node:path';
import { matchesGlob } from '../../ground/glob.ts';
import { textOf } from '../../ground/host.ts';
import { isMap, type Json, type JsonObject } from '../../ground/json.ts';
import type { Applied } from '../../kinds/deployment-ends.ts';
import { isBelow } from '../inside.ts';
import { isKustomization, kustomizationIn } from '../kustomization-files.ts';
import { begunBuild } from '../kustomize/build.ts';
import { kustomizationsOf } from '../kustomize/kustomization.ts';
import { type Begun, builtOrListed } from '../kustomize/plain-list.ts';
import { listingOf } from '../listing.ts';
import { readFound } from '../manifest-source.ts';
import { isManifest } from '../read-manifests.ts';
import { withFiles } from '../virtual-files.ts';
import type { Repository } from './repository.ts';

/**
 * What a deployment object has applied of a folder, before namespaces and variables are filled in. Its
 * builds begin; each is waited for.
 */
export function sourcesOfFolder(place: string, applied: Applied, repository: Repository): Begun {
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
  { isUnrestricted }: Applied,
  { bounds: root, allowed, shown, host }: Repository,
): Begun {
  const target = { folder: shown(dirname(file)), file: shown(file), root, allowed };
  return builtOrListed({ ...target, isUnrestricted }, shown, host);
}

interface Contents {
  readonly applied: Applied;
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
  { reads: { isRecursive, include, exclude } }: Applied,
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
