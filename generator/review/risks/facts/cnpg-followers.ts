import {
  CLUSTER_MEMBERS,
  CLUSTER_PATH,
  cnpgClusterNameOf,
  cnpgClusterOf,
} from '../../../kinds/cnpg/members.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import { type Comparison, changedOf } from '../../changes/comparison.ts';
import type { RelatedObject } from '../risk-rule.ts';

/** What names another Cluster on head than the removed one it belongs to: the apply is rejected. */
export function followers(comparison: Comparison, removed: PlacedObject): RelatedObject[] {
  return CLUSTER_MEMBERS.filter(({ keeps = [] }) => keeps.includes('cluster.name'))
    .flatMap(kind => changedOf(comparison, kind))
    .filter(
      ({ base, before, after }) =>
        base.namespace === removed.namespace &&
        cnpgClusterNameOf(before) === removed.name &&
        cnpgClusterNameOf(after) !== removed.name,
    )
    .map(({ head }) => ({
      object: head,
      side: 'head',
      path: CLUSTER_PATH,
      note: 'cannot follow, its cluster is immutable: make a new object',
    }));
}

/** Whether the Cluster that an object belongs to on base is gone on head. */
export function hasLostCluster({ base, head }: Comparison, object: PlacedObject): boolean {
  return cnpgClusterOf(base, object) !== undefined && cnpgClusterOf(head, object) === undefined;
}
