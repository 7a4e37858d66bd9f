import type { Host } from '../../ground/host.ts';
import { locateFindings } from '../../lint/locate-findings.ts';
import { clusterPlans } from '../../operate/iam/cluster-plans.ts';
import { placesFor } from '../../read/places/places-for.ts';
import type { ReadSpec } from '../../read/read-spec.ts';
import type { ManifestSet } from '../../read/sets/manifest-set.ts';
import { rendered } from '../../report/format.ts';
import { iamFormats } from '../../report/formats.ts';
import { type ClusterSets, graphOfSets, tellUnread } from '../cluster-sets.ts';
import type { CommonOptions } from '../command.ts';
import { shownOn } from '../shown-on.ts';
import { expectStores, type IamFlags, withFlags } from './iam-flags.ts';

type IamOptions = IamFlags & CommonOptions;

/** What cannot be read, or be in a policy, is said, and the rest is shown. */
export function printPlans(
  clusters: readonly ClusterSets[],
  options: IamOptions,
  host: Host,
  read?: ReadSpec,
): number {
  const sets = clusters.flatMap(cluster => cluster.sets);
  const graphs = clusters.map(({ name, sets: own, settings }) => ({
    name,
    graph: graphOfSets(own),
    settings: withFlags(settings, options),
  }));
  if (isAllRead(sets)) expectStores(options, graphs);
  const planned = clusterPlans(graphs).filter((_, index) => clusters[index]?.isWanted);
  const plans = planned.map(({ plan }) => plan);
  host.stdout(rendered(iamFormats, options.format, plans, shownOn(host)));
  const faults = planned.flatMap(one => one.faults);
  return tellUnread(sets, locateFindings(faults, placesFor(sets, host, read)), options, host);
}

/** Nothing can be in what was not read. */
function isAllRead(sets: readonly ManifestSet[]): boolean {
  return sets.every(({ sources }) =>
    sources.every(({ findings, unread = [] }) => findings.length + unread.length === 0),
  );
}
