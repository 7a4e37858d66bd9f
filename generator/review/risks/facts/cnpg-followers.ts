import { textAt } from '../../../ground/json.ts';
import { cnpgCluster } from '../../../kinds/cnpg/cluster.ts';
import { CLUSTER_MEMBERS } from '../../../kinds/cnpg/members.ts';
import type { Item } from '../../../kinds/kind.ts';
import { type Comparison, changedOf } from '../../changes/comparison.ts';
import type { RelatedItem } from '../risk-rule.ts';

const CLUSTER = ['spec', 'cluster', 'name'];

/** What names another Cluster on head than the removed one it belongs to: the apply is rejected. */
export function followers(comparison: Comparison, removed: Item): RelatedItem[] {
  return CLUSTER_MEMBERS.filter(({ keeps = [] }) => keeps.includes('cluster.name'))
    .flatMap(kind => changedOf(comparison, kind))
    .filter(
      ({ base, before, after }) =>
        base.namespace === removed.namespace &&
        textAt(before, ...CLUSTER) === removed.name &&
        textAt(after, ...CLUSTER) !== removed.name,
    )
    .map(({ head }) => ({
      item: head,
      side: 'head',
      path: CLUSTER,
      note: 'cannot follow, its cluster is immutable: make a new object',
    }));
}

/** Whether the Cluster that an object belongs to on base is gone on head. */
export function hasLostCluster({ base, head }: Comparison, item: Item): boolean {
  const name = textAt(item.object, ...CLUSTER) ?? '';
  const before = base.find(cnpgCluster, item.namespace, name);
  return before !== undefined && head.find(cnpgCluster, item.namespace, name) === undefined;
}
