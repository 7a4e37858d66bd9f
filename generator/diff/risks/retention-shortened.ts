import { isSame } from '../../core/json.ts';
import { changedOf } from '../diff.ts';
import { fieldPlace, type RiskRule, theObject, warn } from '../risk.ts';

export const retentionShortened: RiskRule = warn('retention-shortened', function* (diff) {
  for (const change of changedOf(diff)) {
    const { base, head } = change;
    const { retentions } = head.knownKind?.data ?? {};
    const [before = [], kept = []] = [base, head].map(object => retentions?.(object));
    if (kept.length === 0) continue;
    for (const { path, text, amount } of before) {
      const after = kept.find(entry => isSame(entry.path, path)) ?? { text: 'none', amount: 0 };
      if (after.amount >= amount) continue;
      yield {
        ...fieldPlace(change, path),
        message: `${path.at(-1)} of ${theObject(head)} goes from ${text} to ${after.text}: backups beyond that are deleted`,
        hint: 'Keep the longer one, or copy the backups that are still needed elsewhere first.',
      };
    }
  }
});
