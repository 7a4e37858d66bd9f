import { awsEntries } from '../../graph/aws-entries.ts';
import type { AwsEntry } from '../../graph/aws-stores.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { type Arn, homeOf, isNamed, parameterArn, secretArn } from './arn.ts';
import { type Below, countBelow } from './fold.ts';
import { iamPlan, type Planned } from './plan.ts';
import type { IamSettings } from './settings.ts';

/** All that one cluster has, with what manifests do not say. */
export interface ClusterGraph {
  /** The environment, or the cluster that several share. */
  readonly name: string;
  readonly graph: SecretGraph;
  readonly settings: IamSettings;
}

/** The IAM of several clusters: what one reads keeps another from having it with a whole subtree. */
export function clusterPlans(clusters: readonly ClusterGraph[]): Planned[] {
  const known = knownBelow(clusters);
  return clusters.map(({ name, graph, settings }) => iamPlan(name, graph, known, settings));
}

/** How many entries of AWS are known below each path, in all clusters together. */
function knownBelow(graphs: readonly ClusterGraph[]): Below {
  const arns: Arn[] = [];
  for (const { graph, settings } of graphs)
    for (const entry of awsEntries(graph)) arns.push(...arnsOf(entry, settings));
  return countBelow(arns);
}

function arnsOf(entry: AwsEntry, { account }: IamSettings): Arn[] {
  if (entry.name === undefined || !isNamed(entry)) return [];
  const home = homeOf(entry.store, account);
  const { service } = entry.store;
  return [
    service === 'ParameterStore' ? parameterArn(home, entry.name) : secretArn(home, entry.name),
  ];
}
