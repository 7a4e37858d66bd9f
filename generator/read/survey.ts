import { dirname, join } from 'node:path';
import type { Host } from '../ground/host.ts';
import { isKustomization } from './kustomization-files.ts';
import {
  entryPath,
  isComponent,
  type Kustomization,
  kustomizationsOf,
} from './kustomize/kustomization.ts';
import { type Listing, listingOf } from './listing.ts';
import { listedBeside } from './unlisted.ts';

/** What lies in a folder and all folders below it: kustomizations, and manifests that belong to none. */
export interface Survey {
  readonly path: string;
  readonly listing: Listing;
  /** The files of kustomizations that no other one uses, as the listing has them. */
  readonly tops: readonly string[];
  /** The files of components that no kustomization uses. */
  readonly components: readonly string[];
  /** Those that others use; of a circle all do. */
  readonly bases: readonly string[];
  /** Manifests that no kustomization uses or has beside it, and no chart as a template. */
  readonly loose: readonly string[];
  /** Files beside a kustomization that lists its neighbours, which none has. */
  readonly unlisted: readonly string[];
  /** What is not read, and no kustomization says. */
  readonly unread: Listing['unread'];
  /** The folders of Helm charts. */
  readonly charts: readonly string[];
}

/** Looks a folder over; `shown`: the name by which a person finds a file of the listing. */
export function surveyOf(
  path: string,
  host: Host,
  shown: (file: string) => string = shownIn(path),
): Survey {
  const listing = listingOf(path, host);
  const { files, placeOf } = listing;
  const roots = files.filter(file => isKustomization(baseName(file)));
  const documents = new Map(
    roots.map(file => {
      const folder = { shown: dirname(shown(file)), place: dirname(placeOf(file)) };
      return [file, kustomizationsOf(folder, host)];
    }),
  );
  const kustomizations = [...documents.values()].flat();
  const used = usedBy(kustomizations, host);
  const places = new Set(files.map(placeOf));
  const isExpected = listedBeside(kustomizations, place => places.has(place));
  const folders = new Set(roots.map(folderOf));
  const charts = new Set(files.filter(file => baseName(file) === 'Chart.yaml').map(folderOf));
  const isLoose = (file: string): boolean =>
    /\.(ya?ml|json)$/.test(file) &&
    !isKustomization(baseName(file)) &&
    !used.has(placeOf(file)) &&
    !(folders.has('.') && folderOf(file) === '.') &&
    !foldersAbove(file).some(folder => folders.has(folder) || charts.has(folder));
  const isUnlisted = (file: string): boolean =>
    /\.ya?ml$/.test(file) &&
    !isKustomization(baseName(file)) &&
    !used.has(placeOf(file)) &&
    isExpected(placeOf(file));
  const isUsed = (file: string): boolean => used.has(dirname(placeOf(file)));
  const whole = roots.filter(file => !(documents.get(file) ?? []).some(isComponent));
  return {
    path,
    listing,
    tops: whole.filter(file => !isUsed(file)),
    components: roots.filter(file => !whole.includes(file) && !isUsed(file)),
    bases: whole.filter(isUsed),
    loose: oncePerFile(files.filter(isLoose), listing),
    unlisted: oncePerFile(files.filter(isUnlisted), listing),
    unread: listing.unread.filter(
      ({ file }) => !used.has(placeOf(file)) && !used.has(join(path, file)),
    ),
    charts: [...charts],
  };
}

function shownIn(path: string): (file: string) => string {
  return file => join(path, file);
}

/** A file that links lead to is one file, and has its own name. */
function oncePerFile(files: readonly string[], { placeOf, behind }: Listing): string[] {
  const names = new Map<string, string>();
  for (const file of files) {
    const place = placeOf(file);
    const target = behind(place);
    if (place === target || !names.has(target)) names.set(target, file);
  }
  return files.filter(file => names.get(behind(placeOf(file))) === file);
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** The folder of a file of a listing. */
export function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.';
}

/** The folders that a file is below, of those of the listing that have a name. */
function foldersAbove(file: string): string[] {
  const steps = file.split('/').slice(0, -1);
  return steps.map((_, index) => steps.slice(0, index + 1).join('/'));
}

/** The files and folders that kustomizations load, by each way to them. */
function usedBy(kustomizations: readonly Kustomization[], host: Host): ReadonlySet<string> {
  const loaded = kustomizations.flatMap(by => by.loads.map(load => entryPath({ by, load })));
  return new Set(loaded.flatMap(path => [path, host.realPath(path) ?? path]));
}
