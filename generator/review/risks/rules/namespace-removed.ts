import { coreNamespace } from '../../../kinds/core/namespace.ts';
import { type Comparison, removedOf } from '../../changes/comparison.ts';
import { deletionOf } from '../../changes/deletion.ts';
import type { RelatedItem, RiskRule } from '../risk-rule.ts';

export const namespaceRemoved: RiskRule = {
  id: 'namespace-removed',
  level: 'block',
  summary: 'A Namespace is removed while objects stay in it: all that it holds is deleted.',

  *check(comparison: Comparison) {
    const { head, own } = comparison;
    for (const { base } of removedOf(comparison, coreNamespace)) {
      const { name } = base;
      const { outcome, text } = deletionOf(comparison, base);
      // Another environment's set may have it.
      if (outcome === 'kept' || head.find(coreNamespace, '', name) !== undefined) continue;
      const left = head.items.filter(item => own.has(item) && item.namespace === name);
      if (left.length === 0) continue;
      yield {
        item: base,
        side: 'base',
        path: ['metadata', 'name'],
        message: `the Namespace "${name}" is removed while ${count(left.length)} in it: everything there is deleted with it, volumes and Secrets too`,
        hint: 'Keep it in the manifests, or have Argo CD keep it: argocd.argoproj.io/sync-options: Prune=false.',
        outcome: text,
        related: left.slice(0, SHOWN).map(
          (item): RelatedItem => ({
            item,
            side: 'head',
            path: ['metadata', 'name'],
            note: 'stays in it',
          }),
        ),
      };
    }
  },
};

const SHOWN = 3;

function count(objects: number): string {
  return objects === 1 ? 'one object stays' : `${objects} objects stay`;
}
