import { dirname, join } from 'node:path';
import type { Host } from '../ground/host.ts';
import { refusalOf } from './inside.ts';
import { isKustomization, kustomizationIn } from './kustomization-files.ts';
import type { Allowed } from './kustomize/allowed.ts';
import { boundsOf } from './kustomize/bounds.ts';
import { buildKustomization } from './kustomize/build.ts';
import { pathOf } from './kustomize/entry.ts';
import { isComponent, type Kustomization, kustomizationsOf } from './kustomize/read.ts';
import { type Listing, listingOf } from './listing.ts';
import {
  type ManifestSource,
  readFound,
  readNamed,
  skipped,
  unreadable,
} from './manifest-source.ts';

/**
 * The manifests at a path: a file, stdin (`-`), or a folder. A folder that is a kustomization is
 * built. Of any other, the kustomizations below it that no other one uses are built, and the
 * manifests that belong to none are read as they are; templates of Helm charts are no manifests.
 */
export function readManifests(path: string, host: Host, allowed: Allowed = {}): ManifestSource[] {
  if (path === '-') {
    return [
      {
        name: 'stdin',
        file: 'stdin',
        isBuilt: false,
        text: new TextDecoder().decode(host.readStdin()),
        findings: [],
      },
    ];
  }
  const refusal = refusalOf(path, host);
  if (refusal !== undefined) return [unreadable(path, path, refusal)];
  if (!host.isFolder(path)) return [readNamed(path, host)];
  const file = kustomizationIn(path, host);
  const root = boundsOf(path, host);
  return file === undefined
    ? readFolder({ path, listing: listingOf(path, host), root, allowed }, host)
    : [buildNamed({ folder: path, file, root, allowed }, host)];
}

function buildNamed(...[target, host]: Parameters<typeof buildKustomization>): ManifestSource {
  const { folder, file } = target;
  const refusal = refusalOf(file, host);
  return refusal === undefined
    ? buildKustomization(target, host)
    : unreadable(folder, file, refusal);
}

/** A folder that is no kustomization. */
interface PlainFolder {
  readonly path: string;
  readonly listing: Listing;
  /** What its kustomizations may not leave. */
  readonly root: string;
  readonly allowed: Allowed;
}

function readFolder({ path, listing, root, allowed }: PlainFolder, host: Host): ManifestSource[] {
  const { files, placeOf } = listing;
  const roots = files.filter(file => isKustomization(baseName(file)));
  const documents = new Map(
    roots.map(file => {
      const folder = { shown: join(path, folderOf(file)), place: dirname(placeOf(file)) };
      return [file, kustomizationsOf(folder, host)];
    }),
  );
  const used = usedBy([...documents.values()].flat(), host);
  const folders = roots.map(folderOf);
  const charts = files.filter(file => baseName(file) === 'Chart.yaml').map(folderOf);
  const isBelow = (file: string, folder: string): boolean => file.startsWith(`${folder}/`);
  const isLoose = (file: string): boolean =>
    /\.(ya?ml|json)$/.test(file) &&
    !used.has(placeOf(file)) &&
    ![...folders, ...charts].some(folder => isBelow(file, folder));
  const isTop = (file: string): boolean =>
    !used.has(dirname(placeOf(file))) && !(documents.get(file) ?? []).some(isComponent);
  const read = [
    ...oncePerFile(files.filter(isLoose), listing)
      .map(file => readFound(join(path, file), host))
      .filter(isManifest),
    ...roots.filter(isTop).map(file => {
      const folder = join(path, folderOf(file));
      return buildKustomization({ folder, file: join(path, file), root, allowed }, host);
    }),
  ];
  return [...read, ...unreadIn(path, listing, read.length === 0)];
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

/** What nobody reads of a folder; where nothing else is in it, nothing was checked. */
function unreadIn(path: string, { unread }: Listing, isAll: boolean): ManifestSource[] {
  return unread.map(({ file, reason }) => {
    const name = join(path, file);
    return isAll ? unreadable(name, name, `not read: it ${reason}`) : skipped(name, `it ${reason}`);
  });
}

/** Other programs' settings in JSON, which may hold comments, are not for us to read. */
function isManifest({ file, text }: ManifestSource): boolean {
  return !file.endsWith('.json') || text === undefined || text.includes('"apiVersion"');
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.';
}

/** The files and folders that kustomizations build on, by each way to them. */
function usedBy(kustomizations: readonly Kustomization[], host: Host): ReadonlySet<string> {
  const bases = kustomizations.flatMap(by =>
    by.loads
      .filter(({ kind }) => kind === 'base' || kind === 'function')
      .map(load => pathOf({ by, load })),
  );
  return new Set(bases.flatMap(base => [base, host.realPath(base) ?? base]));
}
