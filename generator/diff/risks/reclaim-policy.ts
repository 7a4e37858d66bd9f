import { displayKind } from '../../kinds/kind.ts';
import { type Changed, type Comparison, changedOf } from '../comparison.ts';
import { fieldPlace, type Risk, type RiskRule } from '../risk.ts';

export const reclaimPolicy: RiskRule = {
  id: 'reclaim-policy',
  level: 'high',

  *check(comparison) {
    for (const change of changedOf(comparison)) yield* risksOf(comparison, change);
  },
};

function* risksOf({ base, head }: Comparison, change: Changed): Iterable<Risk> {
  const { known } = change.head;
  const before =
    known?.data?.fate?.(change.base, base.find) ?? known?.data?.reclaimFate?.(change.base);
  const after =
    known?.data?.fate?.(change.head, head.find) ?? known?.data?.reclaimFate?.(change.head);
  if (before?.path === undefined || before.fate !== 'kept') return;
  if (after === undefined || after.fate === 'kept') return;
  const takes = after.fate === 'deleted' ? 'takes' : 'may take';
  yield {
    ...fieldPlace(change, before.path),
    message: `the ${displayKind(change.head)} "${change.head.name}" is to keep data no more (${after.because}): the next deletion ${takes} it along`,
    hint: 'Keep the old value, unless the next deletion is meant to take the data along.',
  };
}
