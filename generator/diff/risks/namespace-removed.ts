import { coreNamespace } from '../../kinds/core/service.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { removedOf } from '../comparison.ts';
import { deletionOf } from '../deletion.ts';
import { isTemplate } from '../facts/claims.ts';
import { placeOn, type Risk, type RiskRule } from '../risk.ts';

export const namespaceRemoved: RiskRule = {
  id: 'namespace-removed',
  level: 'block',

  *check(comparison) {
    const { head, compared } = comparison;
    for (const { base } of removedOf(comparison, coreNamespace)) {
      const { name } = base;
      const { outcome, text } = deletionOf(comparison, base);
      // It may be in the manifests of another environment.
      if (
        isTemplate(base) ||
        outcome === 'kept' ||
        head.find(coreNamespace, '', name) !== undefined
      )
        continue;
      const left = head.objects.filter(object => compared.has(object) && object.namespace === name);
      yield {
        ...placeOn('base', base),
        ...consequence(name, left),
        hint: 'Keep it in the manifests, or have Argo CD keep it: argocd.argoproj.io/sync-options: Prune=false.',
        outcome: text,
      };
    }
  },
};

function consequence(
  name: string,
  left: readonly PlacedObject[],
): Pick<Risk, 'level' | 'message' | 'related'> {
  const removed = `the Namespace "${name}" is removed`;
  if (left.length === 0)
    return {
      level: 'high',
      message: `${removed}: everything there is deleted with it, also volumes and Secrets that Git does not show`,
    };
  return {
    message: `${removed} while ${left.length === 1 ? 'one object stays' : `${left.length} objects stay`} in it: everything there is deleted with it, volumes and Secrets too`,
    related: left
      .slice(0, SHOWN)
      .map(object => ({ ...placeOn('head', object), note: 'stays in it' })),
  };
}

const SHOWN = 3;
