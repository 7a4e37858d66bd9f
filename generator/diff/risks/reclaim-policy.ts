import type { PlacedObject } from '../../kinds/kind.ts';
import { changedOf } from '../diff.ts';
import { dataFate } from '../facts/claims.ts';
import { fieldPlace, high, type RiskRule, theObject } from '../risk.ts';

export const reclaimPolicy: RiskRule = high('reclaim-policy', function* (diff) {
  const { base, head } = diff;
  for (const change of changedOf(diff)) {
    const anyFate = (object: PlacedObject, { find }: typeof base) =>
      dataFate(object, find) ?? object.knownKind?.data?.reclaimFate?.(object);
    const [before, after] = [anyFate(change.base, base), anyFate(change.head, head)];
    if (before?.path === undefined || before.fate !== 'kept') continue;
    if (after === undefined || after.fate === 'kept') continue;
    const takes = after.fate === 'deleted' ? 'takes' : 'may take';
    yield {
      ...fieldPlace(change, before.path),
      message: `${theObject(change.head)} is to keep data no more (${after.because}): the next deletion ${takes} it along`,
      hint: 'Keep the old value, unless the next deletion is meant to take the data along.',
    };
  }
});
