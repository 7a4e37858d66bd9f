import type { PlacedObject } from '../../kinds/kind.ts';
import { deletionOf } from '../appliers.ts';
import { changedOf, type Diff, isSameObject, removedOf } from '../diff.ts';
import { type LostStore, lostStores } from '../facts/values.ts';
import type { Risk, RiskRule } from '../risk.ts';
import {
  faultRisk,
  firstPlaces,
  high,
  nameOf,
  namesOf,
  placeOn,
  relatedObjects,
  verb,
} from '../risk.ts';

export const storeLost: RiskRule = high(
  'store-lost',
  function* (diff) {
    for (const lost of lostStores(diff)) {
      const { store, why } = lost;
      if (store !== undefined && why === 'missing') yield removed(diff, lost, store);
      else if (store !== undefined && changedOf(diff).some(({ head }) => head === store))
        yield narrowed(lost, store);
      else yield unusable(lost);
    }
  },
  'unknown-store',
  'unknown-generator',
  'store-conditions',
);

function removed(diff: Diff, { uses }: LostStore, store: PlacedObject): Risk {
  const change = removedOf(diff).find(({ base }) => isSameObject(base, store));
  const gone = change?.becomes ? `becomes "${change.becomes.name}"` : 'is removed';
  return {
    ...placeOn('base', store),
    message: `${nameOf(store)} ${gone}, and ${namesOf(uses)} still ${verb(uses, 'names', 'name')} it and ${verb(uses, 'stops', 'stop')} syncing`,
    hint: 'Let everything name another store first.',
    related: relatedObjects(uses, 'head', 'names it'),
    outcome: deletionOf(diff, store).text,
  };
}

function narrowed({ uses }: LostStore, store: PlacedObject): Risk {
  const [{ message, hint }] = uses;
  return {
    ...placeOn('head', store, ['spec', 'conditions']),
    message: `${message} any more, so ${namesOf(uses, 'stops', 'stop')} syncing`,
    hint,
    related: relatedObjects(uses, 'head', 'reads through it'),
  };
}

function unusable({ uses }: LostStore): Risk {
  const [first = uses[0], ...others] = firstPlaces(uses);
  const risk = faultRisk(first);
  return {
    ...risk,
    message: `${first.message}: ${namesOf(uses, 'does', 'do')} not sync`,
    related: [...relatedObjects(others, 'head', 'uses it too'), ...(risk.related ?? [])],
  };
}
