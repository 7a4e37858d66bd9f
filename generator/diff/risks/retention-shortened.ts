import { isSame } from '../../core/json.ts';
import type { Retention } from '../../kinds/facets.ts';
import { displayKind } from '../../kinds/kind.ts';
import { type Changed, changedOf } from '../comparison.ts';
import { fieldPlace, type Risk, type RiskRule } from '../risk.ts';

export const retentionShortened: RiskRule = {
  id: 'retention-shortened',
  level: 'warn',

  *check(comparison) {
    for (const change of changedOf(comparison)) yield* risksOf(change);
  },
};

function* risksOf(change: Changed): Iterable<Risk> {
  const { base, head } = change;
  const kept = head.known?.data?.retentions?.(head) ?? [];
  if (kept.length === 0) return;
  for (const before of head.known?.data?.retentions?.(base) ?? []) {
    const after = kept.find(({ path }) => isSame(path, before.path)) ?? NONE;
    if (after.amount >= before.amount) continue;
    yield {
      ...fieldPlace(change, before.path),
      message: `${before.path.at(-1)} of the ${displayKind(head)} "${head.name}" goes from ${before.text} to ${after.text}: backups beyond that are deleted`,
      hint: 'Keep the longer one, or copy the backups that are still needed elsewhere first.',
    };
  }
}

/** What a retention rule of base keeps if head has no such rule. */
const NONE: Pick<Retention, 'text' | 'amount'> = { text: 'none', amount: 0 };
