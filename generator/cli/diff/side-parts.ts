import { join, relative } from 'node:path';
import { groupBy } from '../../source/group-by.ts';
import type { ParseStream } from '../../source/shared-documents.ts';
import type { Host } from '../host.ts';
import type { Allowed } from '../kustomize/allowed.ts';
import type { ManifestSource } from '../manifest-source.ts';
import { readManifests } from '../read-manifests.ts';
import { type ObjectSource, parseSource } from '../sets/parse-source.ts';

export interface SideOptions {
  /** The spec, from the folder the host stands in. */
  readonly file: string;
  readonly allowed: Allowed;
  readonly namespace: string;
}

/** The manifests of a side, and the files that were skipped. */
export interface SideSources {
  readonly whole: readonly ManifestSource[];
  readonly skipped: readonly ManifestSource[];
}

/** An environment and the manifests that it has. */
export interface Part {
  readonly name: string;
  readonly sources: readonly ObjectSource[];
}

/** Reads and builds what a side has. A commit that has no such folder yet has no manifests. */
export function sourcesOf(path: string, { file, allowed }: SideOptions, host: Host): SideSources {
  if (!host.exists(path)) return { whole: [], skipped: [] };
  const folders = host.exists(join(path, file)) ? ownFolders(path, host) : [path];
  const all = folders.flatMap(folder => readManifests(folder, host, allowed));
  return { whole: all.filter(isWhole), skipped: all.filter(source => !isWhole(source)) };
}

/** Whether a source is one of manifests: what was skipped only has warnings. */
function isWhole({ text, findings }: ManifestSource): boolean {
  return text !== undefined || findings.some(({ severity }) => severity === 'error');
}

/** The folders that the generator writes and Argo CD syncs; without environments the base. */
function ownFolders(path: string, host: Host): string[] {
  const built = host
    .listFiles(path)
    .filter(file => /^(overlays\/[^/]+|argocd(\/[^/]+)?)\/kustomization\.yaml$/.test(file))
    .map(file => join(path, file.slice(0, file.lastIndexOf('/'))));
  return built.length > 0 ? built : [join(path, 'base')];
}

/** The environments of a side: items carry the number of their source, so each has its own. */
export function partsOf(
  path: string,
  found: readonly ManifestSource[],
  { namespace }: SideOptions,
  parse: ParseStream,
): Part[] {
  const groups = groupBy(found, source =>
    source.isBuilt || source.text === undefined ? nameOf(path, source.name) : '',
  );
  let next = 0;
  return [...groups].map(([name, sources]) => ({
    name,
    sources: sources.map(source => parseSource(source, next++, namespace, parse)),
  }));
}

/** `overlays/prod` is prod to everybody. */
function nameOf(path: string, folder: string): string {
  return relative(path, folder).replace(/^overlays\//, '');
}
