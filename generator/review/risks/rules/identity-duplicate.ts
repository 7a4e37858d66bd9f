import { itemIdentity } from '../../../graph/graph-of.ts';
import type { SecretGraph } from '../../../graph/secret-graph.ts';
import { groupBy } from '../../../ground/group-by.ts';
import type { Item } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';
import type { RiskRule } from '../risk-rule.ts';

export const identityDuplicate: RiskRule = {
  id: 'identity-duplicate',
  level: 'block',
  summary: 'An object is there twice: a build refuses it, or the last one wins.',

  *check({ base, head }: Comparison) {
    const before = byIdentity(base);
    // Folders of several clusters, read together, have the same objects in file after file.
    const isApart = [...before.values()].some(isSpread);
    for (const [identity, items] of byIdentity(head)) {
      const last = items.at(-1);
      const isOld = items.length <= (before.get(identity)?.length ?? 0);
      if (last === undefined || items.length < 2 || isOld || (isApart && isSpread(items))) continue;
      yield {
        item: last,
        side: 'head',
        path: ['metadata', 'name'],
        message: `the ${last.kind} "${last.name}" is there ${items.length === 2 ? 'twice' : `${items.length} times`}: kustomize refuses that, and without it only the last one counts`,
        hint: 'Keep one of them, with what both are meant to say.',
        related: items.slice(0, -1).map(item => ({
          item,
          side: 'head',
          path: ['metadata', 'name'],
          note: 'the same object',
        })),
      };
    }
  },
};

function isSpread([first, ...others]: readonly Item[]): boolean {
  return others.some(({ file }) => file !== first?.file);
}

/** Objects by what tells them apart in a cluster; those whose name is made later are left out. */
function byIdentity({ items }: SecretGraph): Map<string, Item[]> {
  return groupBy(
    items.filter(({ name }) => name !== ''),
    itemIdentity,
  );
}
