import type { SecretGraph } from '../../graph/secret-graph.ts';
import { iamPlan, knownBelow, type Planned } from './plan.ts';
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
