import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import type { Dump } from './dump.ts';
import { calledObject, createdAt } from './evidence.ts';
import { OK, type Verdict } from './verdict.ts';

/** In seconds: an operator that runs has made pods by then. */
const LATE = 600;

/**
 * What it means that a workload has no pod. What ends has none afterwards, and neither has what is scaled
 * to none. One that nothing will come to is not waited for: no node takes it, or no operator makes it.
 */
export function podless(object: PlacedObject, dump: Dump): Verdict {
  const place = object.known?.pods;
  if (place?.isLasting?.(object) !== true || specOf(object)['replicas'] === 0) return OK;
  const because = `${calledObject(object)} has no pod`;
  if (place.wanted?.(object) === 0)
    return { state: 'unknown', because: `${because}: no node is one that it takes` };
  const created = createdAt(object);
  const isOfOperator = object.group.includes('.');
  if (!isOfOperator || (dump.secondsSince(created) ?? 0) < LATE)
    return { state: 'unknown', because, isPending: true };
  const age = dump.ageOf(created);
  return {
    state: 'unknown',
    because: `${because}, ${age} after it was made: no operator made one`,
  };
}
