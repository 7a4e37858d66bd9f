import { join, normalize } from 'node:path';
import { listAt } from '../graph/item.ts';
import { isMap } from '../spec/merge-environment.ts';
import type { Host } from './host.ts';
import { documentOf, isKustomization } from './kustomization-files.ts';
import { type ManifestSource, readFound, readNamed, unreadable } from './manifest-source.ts';
import { runTool } from './tools.ts';

/** The fields of a kustomization that name files of objects, and other kustomizations. */
const USES = ['resources', 'bases', 'components', 'generators', 'transformers', 'validators'];

/** Folders that hold no manifests of their own. */
const FOREIGN = /(^|\/)(\.[^/]+|node_modules)\//;

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
  if (!host.exists(path)) return [unreadable(path, path, `there is no ${path}`)];
  if (!host.isFolder(path)) return [readNamed(path, host)];
  const files = host.listFiles(path).filter(file => !FOREIGN.test(file));
  const own = files.find(file => isKustomization(file));
  if (own !== undefined) return [build(path, join(path, own), host, flags)];
  return readFolder(path, files, host, flags);
}

function readFolder(
  path: string,
  files: readonly string[],
  host: Host,
  flags: readonly string[],
): ManifestSource[] {
  const roots = files.filter(file => isKustomization(baseName(file)));
  const documents = new Map(roots.map(root => [root, documentOf(join(path, root), host)]));
  const used = new Set(
    [...documents].flatMap(([root, document]) =>
      usedBy(document).map(path => normalize(`${folderOf(root)}/${path}`).replace(/\/$/, '')),
    ),
  );
  const folders = roots.map(folderOf);
  const charts = files.filter(file => baseName(file) === 'Chart.yaml').map(folderOf);
  const isBelow = (file: string, folder: string): boolean => file.startsWith(`${folder}/`);
  const isLoose = (file: string): boolean =>
    /\.(ya?ml|json)$/.test(file) &&
    !used.has(file) &&
    ![...folders, ...charts].some(folder => isBelow(file, folder));
  const isTop = (root: string): boolean => {
    const document = documents.get(root);
    return !used.has(folderOf(root)) && !(isMap(document) && document['kind'] === 'Component');
  };
  return [
    ...files
      .filter(isLoose)
      .map(file => readFound(join(path, file), host))
      .filter(isManifest),
    ...roots
      .filter(isTop)
      .map(root => build(join(path, folderOf(root)), join(path, root), host, flags)),
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
