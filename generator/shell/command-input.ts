import { andThen, andThenAwait, ok } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { defaultSettings, type SpecCluster, specClusters } from '../environments/clusters.ts';
import type { ReadSpec } from '../environments/read-spec.ts';
import { setsOfSpec } from '../environments/sets.ts';
import { graphOf } from '../graph/graph.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { unknownEnvironment } from '../spec/environment.ts';
import { type ManifestSet, nothingOutside, objectsOf } from '../world/object-set.ts';
import { setsOfPaths } from '../world/sets.ts';
import type { CommonOptions } from './command.ts';
import { expectPaths, type ManifestFlags } from './flags.ts';
import { formatOfFaults, printFindings } from './print.ts';
import { readSpec, withSpec } from './read-spec.ts';

export interface CommandInput {
  readonly sets: readonly ManifestSet[];
  readonly read?: ReadSpec;
}

type Options = ManifestFlags & CommonOptions;

/** The manifests at the paths (`isAlone`: nothing else is known), or else of every overlay of the spec; the exit code when the spec is wrong. */
export async function manifestsAt(
  options: Options & { readonly isAlone?: boolean },
  host: Host,
): Promise<CommandInput | number> {
  expectPaths(options.paths, host);
  if (options.paths.length > 0)
    return { sets: await setsOfPaths({ ...options, allowed: options }, host) };
  const found = await readSpec(options.file, host, async read =>
    andThen(await setsOfSpec(read.spec, { ...options, allowed: options }, host), sets => {
      return ok({ sets: sets.filter(({ unit }) => unit !== undefined), read });
    }),
  );
  return Array.isArray(found) ? printFindings(found, formatOfFaults(options), host) : found;
}

interface ClusterSets {
  readonly name: string;
  readonly sets: readonly ManifestSet[];
  readonly settings: SpecCluster['settings'];
  readonly isSelected: boolean;
}

type PrintClusters = (clusters: readonly ClusterSets[], read?: ReadSpec) => number;

/** Prints the clusters that a user names: the paths as one, or those of the spec. Returns the exit code. */
export async function withClusters(
  options: Options,
  host: Host,
  print: PrintClusters,
): Promise<number> {
  expectPaths(options.paths, host);
  if (options.paths.length === 0) return clustersOfSpec(options, host, print);
  // All paths are of one cluster, whether kustomize builds them or not.
  const sets = await setsOfPaths({ ...options, allowed: options, isAlone: true }, host);
  const settings = defaultSettings('rem-secrets');
  return print([{ name: 'manifests', sets, settings, isSelected: true }]);
}

async function clustersOfSpec(options: Options, host: Host, print: PrintClusters) {
  const { file, environment } = options;
  return withSpec({ file, ...formatOfFaults(options) }, host, read =>
    andThenAwait(specClusters(read.spec), async clusters =>
      andThen(await setsOfSpec(read.spec, { file, allowed: options }, host), sets => {
        const all = clusters.map(cluster => ({
          name: cluster.name,
          sets: sets.filter(({ unit }) => isOf(cluster, unit?.name)),
          settings: cluster.settings,
          isSelected: environment === undefined || isOf(cluster, environment),
        }));
        if (all.some(({ isSelected }) => isSelected)) return ok(print(all, read));
        const names = clusters.flatMap(cluster => [cluster.name, ...cluster.environments]);
        return { faults: [unknownEnvironment(environment, names, ['spec', 'environments'])] };
      }),
    ),
  );
}

function isOf({ name, environments }: SpecCluster, unit: string | undefined): boolean {
  return unit !== undefined && (unit === name || environments.includes(unit));
}

/** One graph of all sets. */
export function graphOfSets(sets: readonly ManifestSet[]): SecretGraph {
  const objects = sets.flatMap(set => objectsOf(set).objects);
  return graphOf({ objects, context: [], outside: nothingOutside });
}
