import { type Item, specOf } from '../../kinds/kind.ts';
import type { Dump } from './dump.ts';
import { calledItem, createdAt } from './evidence.ts';
import { OK, type Verdict } from './verdict.ts';

/** In seconds: an operator that runs has made pods by then. */
const LATE = 600;

/**
 * What it means that a workload has no pod. What ends has none afterwards, and neither has what is scaled
 * to none. One that nothing will come to is not waited for: no node takes it, or no operator makes it.
 */
export function podless(item: Item, dump: Dump): Verdict {
  const place = item.known?.pods;
  if (place?.isLasting?.(item) !== true || specOf(item)['replicas'] === 0) return OK;
  const because = `${calledItem(item)} has no pod`;
  if (place.wanted?.(item) === 0)
    return { state: 'unknown', because: `${because}: no node is one that it takes` };
  const created = createdAt(item);
  const isOfOperator = item.group.includes('.');
  if (!isOfOperator || (dump.secondsSince(created) ?? 0) < LATE)
    return { state: 'unknown', because, isPending: true };
  const age = dump.ageOf(created);
  return {
    state: 'unknown',
    because: `${because}, ${age} after it was made: no operator made one`,
  };
}
