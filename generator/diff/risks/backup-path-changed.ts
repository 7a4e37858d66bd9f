import { placeChanges } from '../facts/backups.ts';
import { placeOn, type RiskRule, theObject, warn } from '../risk.ts';

export const backupPathChanged: RiskRule = warn('backup-path-changed', function* (diff) {
  const changes = placeChanges(diff);
  // A store that moves is reported at the objects that write to it, not at the store.
  const stores = new Set(changes.map(({ before }) => before.within));
  for (const { head, before, after } of changes) {
    if (stores.has(before.place)) continue;
    const places =
      before.called === after.called
        ? `another server, under the same name ${after.called}`
        : `${after.called} in place of ${before.called}`;
    yield {
      ...placeOn('head', head, after.path),
      message: `the backups of ${theObject(head)} go to ${places}: those made so far are not found there, nor deleted when they expire`,
      hint: 'Take a whole backup right after the change, and keep the old place, and the way into it, for as long as its backups are needed.',
    };
  }
});
