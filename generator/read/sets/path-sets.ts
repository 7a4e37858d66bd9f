import type { Host } from '../../ground/host.ts';
import type { Allowed } from '../kustomize/allowed.ts';
import { readManifests } from '../read-manifests.ts';
import type { ManifestSet } from './manifest-set.ts';
import { nothingOutside } from './object-set.ts';
import { type ObjectSource, parseSource } from './parse-source.ts';

export interface PathOptions {
  readonly paths: readonly string[];
  readonly allowed?: Allowed;
  /** The namespace of objects that name none. */
  readonly namespace: string;
}

/** The sources at the paths that a user names, in their order. */
export function sourcesOfPaths(
  { paths, allowed, namespace }: PathOptions,
  host: Host,
): ObjectSource[] {
  return paths
    .flatMap(path => readManifests(path, host, allowed))
    .map((source, number) => parseSource(source, number, namespace));
}

/**
 * The sets of the paths that a user names. What kustomize builds is a set of its own, as two
 * overlays may make the same objects; all other manifests are one. Each set knows the others.
 */
export function setsOfPaths(options: PathOptions, host: Host): ManifestSet[] {
  const sources = sourcesOfPaths(options, host);
  const loose = sources.filter(({ isBuilt }) => !isBuilt);
  const groups = [
    ...(loose.length > 0 ? [loose] : []),
    ...sources.filter(({ isBuilt }) => isBuilt).map(source => [source]),
  ];
  return groups.map(group => ({
    sources: group,
    context: groups.filter(other => other !== group).flat(),
    outside: nothingOutside,
  }));
}
