import { dirname, join, resolve } from 'node:path';
import { listAt } from '../graph/item.ts';
import { isMap } from '../spec/merge-environment.ts';
import type { Host } from './host.ts';
import { refusalOf } from './inside.ts';
import { documentOf, isKustomization, kustomizationIn } from './kustomization-files.ts';
import { type Listing, listingOf } from './listing.ts';
import {
  type ManifestSource,
  readFound,
  readNamed,
  skipped,
  unreadable,
} from './manifest-source.ts';
import { runTool } from './tools.ts';

/** The fields of a kustomization that name files of objects, and other kustomizations. */
const USES = ['resources', 'bases', 'components', 'generators', 'transformers', 'validators'];

/**
 * The manifests at a path: a file, stdin (`-`), or a folder. A folder that is a kustomization is
 * built. Of any other, the kustomizations below it that no other one uses are built, and the
 * manifests that belong to none are read as they are; templates of Helm charts are no manifests.
 */
export function readManifests(
  path: string,
  host: Host,
  flags: readonly string[] = [],
): ManifestSource[] {
  if (path === '-') {
    return [{ name: 'stdin', file: 'stdin', isBuilt: false, text: host.readStdin(), findings: [] }];
  }
  const refusal = refusalOf(path, host);
  if (refusal !== undefined) return [unreadable(path, path, refusal)];
  if (!host.isFolder(path)) return [readNamed(path, host)];
  const own = kustomizationIn(path, host);
  return own === undefined
    ? readFolder(path, listingOf(path, host), host, flags)
    : [buildNamed(path, own, host, flags)];
}

function buildNamed(...[folder, file, host, flags]: Parameters<typeof build>): ManifestSource {
  const refusal = refusalOf(file, host);
  return refusal === undefined
    ? build(folder, file, host, flags)
    : unreadable(folder, file, refusal);
}

function readFolder(
  path: string,
  listing: Listing,
  host: Host,
  flags: readonly string[],
): ManifestSource[] {
  const { files, placeOf, behind } = listing;
  const roots = files.filter(file => isKustomization(baseName(file)));
  const documents = new Map(roots.map(root => [root, documentOf(join(path, root), host)]));
  const used = new Set(
    [...documents].flatMap(([root, document]) =>
      usedBy(document)
        .map(used => resolve(dirname(placeOf(root)), used))
        .flatMap(place => [place, behind(place)]),
    ),
  );
  const folders = roots.map(folderOf);
  const charts = files.filter(file => baseName(file) === 'Chart.yaml').map(folderOf);
  const isBelow = (file: string, folder: string): boolean => file.startsWith(`${folder}/`);
  const isLoose = (file: string): boolean =>
    /\.(ya?ml|json)$/.test(file) &&
    !used.has(placeOf(file)) &&
    ![...folders, ...charts].some(folder => isBelow(file, folder));
  const isTop = (root: string): boolean => {
    const document = documents.get(root);
    const isComponent = isMap(document) && document['kind'] === 'Component';
    return !used.has(dirname(placeOf(root))) && !isComponent;
  };
  const read = [
    ...oncePerFile(files.filter(isLoose), listing)
      .map(file => readFound(join(path, file), host))
      .filter(isManifest),
    ...roots
      .filter(isTop)
      .map(root => build(join(path, folderOf(root)), join(path, root), host, flags)),
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

/** What a kustomization builds on. */
function usedBy(document: unknown): string[] {
  return USES.flatMap(field => listAt(document, field)).filter(path => typeof path === 'string');
}

function build(folder: string, file: string, host: Host, flags: readonly string[]): ManifestSource {
  const { status, stdout, stderr } = runTool('kustomize', ['build', ...flags, folder], host);
  if (status === 0) return { name: folder, file, isBuilt: true, text: stdout, findings: [] };
  const message = `kustomize cannot build it: ${stderr.trim()}`;
  return unreadable(folder, file, message, buildHint(folder, stderr));
}

/** What runs programs or fetches charts is not done unasked. */
function buildHint(folder: string, stderr: string): string | undefined {
  if (/external plugins disabled|enable-alpha-plugins|enable-exec/.test(stderr))
    return 'It runs functions: --enable-exec allows it, if you trust them.';
  if (!stderr.includes('enable-helm')) return undefined;
  return `It fetches a chart: kustomize build --enable-helm ${folder} | rem-secrets lint -`;
}
