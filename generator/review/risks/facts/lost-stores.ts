import { type StoreUse, storeOf, storeUses } from '../../../graph/stores.ts';
import { groupBy } from '../../../ground/group-by.ts';
import { oncePer } from '../../../ground/once-per.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import { faultsOf } from '../../../lint/check-graph.ts';
import type { RuleFault } from '../../../lint/rule.ts';
import { storeConditions } from '../../../lint/rules/store-conditions.ts';
import { unknownGenerator } from '../../../lint/rules/unknown-generator.ts';
import { unknownStore } from '../../../lint/rules/unknown-store.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { newFaults } from './new-faults.ts';

/** A store that ExternalSecrets or PushSecrets use on head, and cannot use any more. */
export interface LostStore {
  readonly why: 'missing' | 'refused';
  /** What uses it, with the place that names it. */
  readonly uses: readonly [RuleFault, ...RuleFault[]];
  readonly objects: readonly PlacedObject[];
  /** The store on base, where it is gone; the one on head, where it refuses. */
  readonly store?: PlacedObject;
}

/**
 * Stores and generators that are not there, and stores whose conditions do not admit a namespace.
 * A store that was missing on base already is made outside of the set.
 */
export const lostStores: (comparison: Comparison) => readonly LostStore[] = oncePer(comparison => {
  const known = new Set(faultsOf(comparison.base, unknownStore).map(({ message }) => message));
  const missing = [
    ...newFaults(comparison, unknownStore).filter(({ message }) => !known.has(message)),
    ...newFaults(comparison, unknownGenerator),
  ];
  const refused = newFaults(comparison, storeConditions);
  return [
    ...byMessage(missing).map(uses => lost(comparison, 'missing', uses)),
    ...byMessage(refused).map(uses => lost(comparison, 'refused', uses)),
  ];
});

type Uses = LostStore['uses'];

/** Lint says the same of all that use one store. */
function byMessage(faults: readonly RuleFault[]): Uses[] {
  const groups = groupBy(faults, ({ message }) => message);
  return [...groups.values()].flatMap(([first, ...others]): Uses[] =>
    first === undefined ? [] : [[first, ...others]],
  );
}

function lost(comparison: Comparison, why: LostStore['why'], uses: Uses): LostStore {
  const { base, head } = comparison;
  const graph = why === 'missing' ? base : head;
  const use = useAt(comparison, uses[0]);
  const store = use === undefined ? undefined : storeOf(graph.find, use.ref, use.namespace);
  const objects = uses.map(({ object }) => object);
  return { why, uses, objects, ...(store !== undefined && { store }) };
}

/** The use that a fault is about: it points at the reference's name or kind. */
function useAt({ head }: Comparison, { object, path }: RuleFault): StoreUse | undefined {
  const place = path.slice(0, -1).join('/');
  return storeUses(head).find(use => use.object === object && use.ref.path.join('/') === place);
}
