import { groupBy, isSame } from '../../core/json.ts';
import { type SecretGraph, storeUses } from '../../graph/secret-graph.ts';
import { storeOf } from '../../kinds/eso/stores.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { RuleFault } from '../../lint/rule.ts';
import { deletionOf } from '../appliers.ts';
import { changedOf, type Diff, isSameObject, removedOf } from '../diff.ts';
import { storeFaults } from '../facts/values.ts';
import type { Risk, RiskRule } from '../risk.ts';
import { faultRisk, firstPlaces, high, nameOf, namesOf, placeOn, relatedObjects } from '../risk.ts';

export const storeLost: RiskRule = high('store-lost', function* (diff) {
  const { missing, refused } = storeFaults(diff);
  for (const uses of groupBy(missing, ({ message }) => message).values()) {
    const store = storeIn(diff, diff.base, uses);
    yield store === undefined ? unusable(uses) : removed(diff, uses, store);
  }
  for (const uses of groupBy(refused, ({ message }) => message).values()) {
    const store = storeIn(diff, diff.head, uses);
    const change = store && changedOf(diff).find(({ head }) => head === store);
    yield change === undefined ? unusable(uses) : narrowed(uses, change.head);
  }
}).inPlaceOf('unknown-store', 'unknown-generator', 'store-conditions');

type Uses = readonly [RuleFault, ...RuleFault[]];

function storeIn({ head }: Diff, { find }: SecretGraph, [{ object, path }]: Uses) {
  const place = path.slice(0, -1);
  const use = storeUses(head).find(item => item.object === object && isSame(item.ref.path, place));
  return use && storeOf(find, use.ref, use.namespace);
}

function removed(diff: Diff, uses: Uses, store: PlacedObject): Risk {
  const change = removedOf(diff).find(({ base }) => isSameObject(base, store));
  const gone = change?.becomes ? `becomes "${change.becomes.name}"` : 'is removed';
  return {
    ...placeOn('base', store),
    message: `${nameOf(store)} ${gone}, and ${namesOf(uses, 'still names it and stops', 'still name it and stop')} syncing`,
    hint: 'Let everything name another store first.',
    related: relatedObjects(uses, 'head', 'names it'),
    outcome: deletionOf(diff, store).text,
  };
}

function narrowed(uses: Uses, store: PlacedObject): Risk {
  const [{ message, hint }] = uses;
  return {
    ...placeOn('head', store, ['spec', 'conditions']),
    message: `${message} any more, so ${namesOf(uses, 'stops', 'stop')} syncing`,
    hint,
    related: relatedObjects(uses, 'head', 'reads through it'),
  };
}

function unusable(uses: Uses): Risk {
  const [first = uses[0], ...others] = firstPlaces(uses);
  const risk = faultRisk(first);
  return {
    ...risk,
    message: `${first.message}: ${namesOf(uses, 'does', 'do')} not sync`,
    related: [...relatedObjects(others, 'head', 'uses it too'), ...(risk.related ?? [])],
  };
}
