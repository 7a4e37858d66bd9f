import { join, relative } from 'node:path';
import type { Host } from './host.ts';
import { isKustomization, kustomizationIn } from './kustomization-files.ts';
import type { Allowed } from './kustomize/allowed.ts';
import { boundsOf } from './kustomize/bounds.ts';
import { buildKustomization } from './kustomize/build.ts';
import { pathOf } from './kustomize/entry.ts';
import { isComponent, type Kustomization, kustomizationsOf } from './kustomize/read.ts';
import { type ManifestSource, readFound, readNamed, unreadable } from './manifest-source.ts';

/** Folders that hold no manifests of their own. */
const FOREIGN = /(^|\/)(\.[^/]+|node_modules)\//;

/**
 * The manifests at a path: a file, stdin (`-`), or a folder. A folder that is a kustomization is
 * built. Of any other, the kustomizations below it that no other one uses are built, and the
 * manifests that belong to none are read as they are; templates of Helm charts are no manifests.
 */
export function readManifests(path: string, host: Host, allowed: Allowed = {}): ManifestSource[] {
  if (path === '-') {
    return [{ name: 'stdin', file: 'stdin', isBuilt: false, text: host.readStdin(), findings: [] }];
  }
  if (!host.exists(path)) return [unreadable(path, path, `there is no ${path}`)];
  if (!host.isFolder(path)) return [readNamed(path, host)];
  const root = boundsOf(path, host);
  const own = kustomizationIn(path, host);
  if (own !== undefined)
    return [buildKustomization({ folder: path, file: own, root, allowed }, host)];
  const files = host.listFiles(path).filter(file => !FOREIGN.test(file));
  return readFolder({ path, files, root, allowed }, host);
}

/** A folder that is no kustomization. */
interface PlainFolder {
  readonly path: string;
  readonly files: readonly string[];
  /** What its kustomizations may not leave. */
  readonly root: string;
  readonly allowed: Allowed;
}

function readFolder({ path, files, root, allowed }: PlainFolder, host: Host): ManifestSource[] {
  const roots = files.filter(file => isKustomization(baseName(file)));
  const documents = new Map(roots.map(file => [file, kustomizationAt(join(path, file), host)]));
  const used = usedBy([...documents.values()].flat(), path, host);
  const folders = roots.map(folderOf);
  const charts = files.filter(file => baseName(file) === 'Chart.yaml').map(folderOf);
  const isBelow = (file: string, folder: string): boolean => file.startsWith(`${folder}/`);
  const isLoose = (file: string): boolean =>
    /\.(ya?ml|json)$/.test(file) &&
    !used.has(file) &&
    ![...folders, ...charts].some(folder => isBelow(file, folder));
  const isTop = (file: string): boolean =>
    !used.has(folderOf(file)) && !(documents.get(file) ?? []).some(isComponent);
  return [
    ...files
      .filter(isLoose)
      .map(file => readFound(join(path, file), host))
      .filter(isManifest),
    ...roots.filter(isTop).map(file => {
      const folder = join(path, folderOf(file));
      return buildKustomization({ folder, file: join(path, file), root, allowed }, host);
    }),
  ];
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

function kustomizationAt(file: string, host: Host): readonly Kustomization[] {
  const shown = folderOf(file);
  const place = host.realPath(shown);
  return place === undefined ? [] : kustomizationsOf({ shown, place }, host);
}

/** The files and folders that kustomizations build on, from a folder, by each way to them. */
function usedBy(
  kustomizations: readonly Kustomization[],
  path: string,
  host: Host,
): ReadonlySet<string> {
  const top = host.realPath(path) ?? path;
  const bases = kustomizations.flatMap(by =>
    by.loads
      .filter(({ kind }) => kind === 'base' || kind === 'function')
      .map(load => pathOf({ by, load })),
  );
  const places = bases.flatMap(base => [base, host.realPath(base) ?? base]);
  return new Set(places.map(place => relative(top, place) || '.'));
}
