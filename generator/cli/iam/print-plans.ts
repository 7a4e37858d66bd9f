import { graphOf } from '../../graph/graph-of.ts';
import type { Finding } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { locateFindings } from '../../lint/locate-findings.ts';
import { type ClusterGraph, clusterPlans } from '../../operate/iam/cluster-plans.ts';
import type { IamSettings } from '../../operate/iam/settings.ts';
import { unreadText } from '../../read/kustomize/unread.ts';
import { placesFor } from '../../read/places/places-for.ts';
import type { ReadSpec } from '../../read/read-spec.ts';
import { type ManifestSet, objectsOf } from '../../read/sets/manifest-set.ts';
import { nothingOutside } from '../../read/sets/object-set.ts';
import { rendered } from '../../report/format.ts';
import { iamFormats } from '../../report/formats.ts';
import type { CommonOptions } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printFindings } from '../read-spec.ts';
import { shownOn } from '../shown-on.ts';
import { expectStores, type IamFlags } from './iam-flags.ts';

type IamOptions = IamFlags & CommonOptions;

/** The manifests of one cluster, with what they do not say. */
export interface ClusterSets {
  readonly name: string;
  readonly sets: readonly ManifestSet[];
  readonly settings: IamSettings;
}

/** What cannot be read, or be in a policy, is said, and the rest is shown. */
export function printPlans(
  clusters: readonly ClusterSets[],
  isWanted: (cluster: ClusterSets) => boolean,
  options: IamOptions,
  host: Host,
  read?: ReadSpec,
): number {
  const sets = clusters.flatMap(cluster => cluster.sets);
  const graphs = clusters.map(graphOfCluster);
  if (isAllRead(sets)) expectStores(options, graphs);
  const planned = clusterPlans(graphs).filter((_, index) => {
    const cluster = clusters[index];
    return cluster !== undefined && isWanted(cluster);
  });
  const plans = planned.map(({ plan }) => plan);
  host.stdout(rendered(iamFormats, options.format, plans, shownOn(host)));
  const faults = planned.flatMap(one => one.faults);
  return tell(sets, locateFindings(faults, placesFor(sets, host, read)), options, host);
}

/** Nothing can be in what was not read. */
function isAllRead(sets: readonly ManifestSet[]): boolean {
  return sets.every(({ sources }) =>
    sources.every(({ findings, unread = [] }) => findings.length + unread.length === 0),
  );
}

function graphOfCluster({ name, sets, settings }: ClusterSets): ClusterGraph {
  const objects = sets.map(objectsOf);
  const graph = graphOf({
    items: objects.flatMap(({ items }) => [...items]),
    context: [],
    outside: nothingOutside,
  });
  return { name, graph, settings };
}

function tell(
  sets: readonly ManifestSet[],
  faults: readonly Finding[],
  { file }: IamOptions,
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
