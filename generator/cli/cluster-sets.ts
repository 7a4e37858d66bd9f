import { graphOf } from '../graph/graph-of.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { andThen, type Fault, type Finding, ok } from '../ground/finding.ts';
import type { Host } from '../ground/host.ts';
import { unknownEnvironment } from '../make/model/unit-names.ts';
import { defaultSettings, type IamSettings } from '../operate/iam/settings.ts';
import { type SpecCluster, specClusters } from '../operate/iam/spec-settings.ts';
import type { Allowed } from '../read/kustomize/allowed.ts';
import { unreadText } from '../read/kustomize/unread.ts';
import type { ReadSpec } from '../read/read-spec.ts';
import { type ManifestSet, objectsOf } from '../read/sets/manifest-set.ts';
import { nothingOutside } from '../read/sets/object-set.ts';
import { setsOfPaths } from '../read/sets/path-sets.ts';
import { setsOfSpec } from '../read/sets/spec-sets.ts';
import { type CommonOptions, exitCodes } from './command.ts';
import { printFindings, withSpec } from './read-spec.ts';
import { expectPaths } from './usage.ts';

/** Which manifests a command looks at, cluster by cluster. */
export interface ClusterFlags extends Allowed {
  readonly paths: readonly string[];
  readonly environment?: string;
  /** The namespace of objects that name none. */
  readonly namespace: string;
}

/** The manifests of one cluster, with what they do not say. */
export interface ClusterSets {
  readonly name: string;
  readonly sets: readonly ManifestSet[];
  readonly settings: IamSettings;
  /** Whether it is asked for. */
  readonly isWanted: boolean;
}

/** Prints something of clusters; `read` is the spec that they are of. */
type PrintClusters = (clusters: readonly ClusterSets[], read?: ReadSpec) => number;

/** The clusters that a user names: the paths as one, or those of the spec. Returns the exit code. */
export function withClusters(
  options: ClusterFlags & CommonOptions,
  host: Host,
  print: PrintClusters,
): number {
  expectPaths(options.paths, host);
  if (options.paths.length === 0) return clustersOfSpec(options, host, print);
  // All that is named is of one cluster, whether kustomize builds it or not.
  const sets = setsOfPaths({ ...options, allowed: options, isAlone: true }, host);
  const settings = defaultSettings('rem-secrets');
  return print([{ name: 'manifests', sets, settings, isWanted: true }]);
}

function clustersOfSpec(
  options: ClusterFlags & CommonOptions,
  host: Host,
  print: PrintClusters,
): number {
  const { file, environment } = options;
  return withSpec({ file, format: 'text' }, host, read =>
    andThen(specClusters(read.spec), clusters =>
      andThen(setsOfSpec(read.spec, { file, allowed: options }, host), sets => {
        const all = clusters.map(cluster => ({
          name: cluster.name,
          sets: sets.filter(({ unit }) => isOf(cluster, unit?.name)),
          settings: cluster.settings,
          isWanted: environment === undefined || isOf(cluster, environment),
        }));
        if (!all.some(({ isWanted }) => isWanted))
          return { faults: [unknown(environment, clusters)] };
        return ok(print(all, read));
      }),
    ),
  );
}

function isOf({ name, environments }: SpecCluster, unit: string | undefined): boolean {
  return unit !== undefined && (unit === name || environments.includes(unit));
}

function unknown(environment: string | undefined, clusters: readonly SpecCluster[]): Fault {
  const known = clusters.flatMap(({ name, environments }) => [name, ...environments]);
  return unknownEnvironment(environment, [...new Set(known)], ['spec', 'environments']);
}

/** All that a cluster has, as one graph. */
export function graphOfSets(sets: readonly ManifestSet[]): SecretGraph {
  return graphOf({
    objects: sets.map(objectsOf).flatMap(({ objects }) => [...objects]),
    context: [],
    outside: nothingOutside,
  });
}

/** Tells what cannot be read, and what else is wrong, beside what is shown. Returns the exit code. */
export function tellUnread(
  sets: readonly ManifestSet[],
  faults: readonly Finding[],
  { file }: CommonOptions,
  host: Host,
): number {
  const sources = new Set(sets.flatMap(set => [...set.sources]));
  const broken = [...sources].flatMap(({ findings }) => [...findings]);
  const unread = [...sources].flatMap(source => [...(source.unread ?? [])]);
  printFindings([...unread, ...broken, ...faults], { file, format: 'text' }, host);
  if (unread.length > 0) host.stderr(`rem-secrets: not in it: ${unreadText(unread.length)}\n`);
  const isWhole = [...broken, ...faults].every(({ severity }) => severity === 'warning');
  return isWhole ? exitCodes.ok : exitCodes.findings;
}
