import { valueAt } from '../../core/json.ts';
import {
  APPLICATIONS,
  applicationOption,
  isPruning,
  policyPath,
} from '../../kinds/argocd/sync-order.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { type Changed, changedOf } from '../diff.ts';
import { fieldPlace, high, nameOf, type RiskRule } from '../risk.ts';

export const pruneEnabled: RiskRule = high('prune-enabled', function* (diff) {
  for (const change of changedOf(diff, ...APPLICATIONS)) {
    if (isDeleting(change.base) || !isDeleting(change.head)) continue;
    yield {
      ...fieldPlace(change, changedPath(change)),
      message: `from now on the ${nameOf(change.head)} deletes by itself what Git no longer has`,
      hint: 'Look first at what is waiting to be pruned: argocd app diff shows it. Guard what must stay with Prune=false.',
    };
  }
});

function isDeleting(application: PlacedObject): boolean {
  const guard = applicationOption(application, 'Prune') ?? '';
  return isPruning(application) && !/^(false|confirm)$/.test(guard);
}

function changedPath({ base, head }: Changed): (string | number)[] {
  const policy = policyPath(head);
  if (isPruning(base)) return [...policy, 'syncOptions'];
  const prune = [...policy, 'automated', 'prune'];
  const isSame = valueAt(base.json, prune) === valueAt(head.json, prune);
  return isSame ? [...policy, 'automated', 'enabled'] : prune;
}
