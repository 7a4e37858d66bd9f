import type { Item } from '../../../graph/item.ts';
import { textAt } from '../../../ground/json.ts';
import { type Comparison, changedOf } from '../../changes/comparison.ts';
import type { RelatedItem } from '../risk-rule.ts';

/** The kinds that belong to a CNPG Cluster and cannot be given to another (CRDs of CNPG 1.30.0). */
const MEMBER_KINDS = ['Database', 'DatabaseRole', 'Publication', 'Subscription'] as const;

const CLUSTER = ['spec', 'cluster', 'name'];

/** What names another Cluster on head than the removed one it belongs to: the apply is rejected. */
export function followers(comparison: Comparison, removed: Item): RelatedItem[] {
  return MEMBER_KINDS.flatMap(kind => changedOf(comparison, kind, 'postgresql.cnpg.io'))
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
  const before = base.find('Cluster', item.namespace, name);
  return before !== undefined && head.find('Cluster', item.namespace, name) === undefined;
}
