import { type PlaceChange, placeChanges } from '../facts/backups.ts';
import { placeOn, type Risk, type RiskRule, theObject } from '../risk.ts';

export const backupPathChanged: RiskRule = {
  id: 'backup-path-changed',
  level: 'warn',

  *check(comparison) {
    const changes = placeChanges(comparison);
    // A store that moves is reported at the objects that write to it, not at the store.
    const stores = new Set(changes.map(({ before }) => before.within));
    for (const change of changes) if (!stores.has(change.before.place)) yield riskOf(change);
  },
};

function riskOf({ head, before, after }: PlaceChange): Risk {
  const isCalledSo = before.called !== after.called;
  const places = isCalledSo
    ? `go to ${after.called} in place of ${before.called}`
    : `go to another server, under the same name ${after.called}`;
  return {
    ...placeOn('head', head, after.path),
    message: `the backups of ${theObject(head)} ${places}: those made so far are not found there, nor deleted when they expire`,
    hint: 'Take a whole backup right after the change, and keep the old place, and the way into it, for as long as its backups are needed.',
  };
}
