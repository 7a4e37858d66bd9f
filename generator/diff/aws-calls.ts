import { type AwsMonth, awsMonth } from '../capacity/capacity.ts';
import { shownNumber } from '../capacity/formats.ts';
import { coreNamespace, serviceAccount } from '../kinds/core/service.ts';
import { ESO, GENERATORS } from '../kinds/eso/group.ts';
import { PUSH_SECRETS } from '../kinds/eso/specs.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { type Comparison, objectOfChange } from './field-changes.ts';

/** How many calls ESO makes to AWS in a month, and what they cost, before and after. */
export interface AwsCalls {
  readonly environment: string;
  readonly base: AwsMonth;
  readonly head: AwsMonth;
}

/** Where that changes. */
export function changedCalls(comparisons: readonly Comparison[]): AwsCalls[] {
  return comparisons.flatMap(({ name, base, head, changes }) => {
    // All calls of thousands of objects take a while to count.
    const isPushing = [base, head].some(graph =>
      [...PUSH_SECRETS.keys()].some(kind => graph.byKind(kind).length > 0),
    );
    if (!changes.some(change => isCounted(objectOfChange(change), isPushing))) return [];
    const months = { base: awsMonth(base), head: awsMonth(head) };
    const isSame =
      months.base.calls === months.head.calls && months.base.dollars === months.head.dollars;
    return isSame ? [] : [{ environment: name, ...months }];
  });
}

/**
 * ESO's own objects make calls; so do those that it makes in each namespace that has some labels. What
 * makes a Secret decides how much of it is pushed, and a ServiceAccount's role which account pays.
 */
function isCounted({ group, known }: PlacedObject, isPushing: boolean): boolean {
  if (group === ESO || group === GENERATORS) return true;
  if (known === coreNamespace || known === serviceAccount) return true;
  return isPushing && known?.makes !== undefined;
}

/** `720 calls of AWS a month become 1,440, and $0.40 become $0.80`. */
export function callsText({ base, head }: AwsCalls): string {
  const calls =
    base.calls === head.calls
      ? `${shownNumber(base.calls)} calls of AWS a month, as before`
      : `${shownNumber(base.calls)} calls of AWS a month become ${shownNumber(head.calls)}`;
  const [before, after] = [base, head].map(({ dollars }) => `$${dollars.toFixed(2)}`);
  return base.dollars === 0 && head.dollars === 0
    ? calls
    : `${calls}, and ${before} become ${after}`;
}
