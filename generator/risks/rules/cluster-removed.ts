import { type Comparison, removedOf } from '../../diff/comparison.ts';
import { deletionOf } from '../../diff/deletion.ts';
import type { RiskRule } from '../risk-rule.ts';

export const clusterRemoved: RiskRule = {
  id: 'cluster-removed',
  level: 'block',
  summary: 'A CNPG Cluster is removed or renamed: its volumes go with it.',

  *check(comparison: Comparison) {
    for (const { base, becomes } of removedOf(comparison, 'Cluster', 'postgresql.cnpg.io')) {
      // A move to another namespace is the rule namespace-move.
      if (becomes !== undefined && becomes.name === base.name) continue;
      const deletion = deletionOf(comparison, base);
      const message =
        becomes === undefined
          ? `the CNPG Cluster "${base.name}" is removed, and its volumes with it`
          : `the CNPG Cluster "${base.name}" becomes "${becomes.name}", which starts with an empty database`;
      yield {
        item: base,
        side: 'base',
        path: ['metadata', 'name'],
        message,
        hint: 'Keep the name, or move the data first: bootstrap.initdb.import or a backup.',
        outcome: deletion.text,
        ...(becomes !== undefined && {
          related: [
            { item: becomes, side: 'head', path: ['metadata', 'name'], note: 'the new Cluster' },
          ],
        }),
      };
    }
  },
};
