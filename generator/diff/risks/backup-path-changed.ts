import { isOnePlace } from '../../kinds/facets.ts';
import type { Diff } from '../diff.ts';
import { placeOn, type RiskRule, theObject, warn } from '../risk.ts';

export const backupPathChanged: RiskRule = warn('backup-path-changed', function* (diff) {
  const changes = placeChanges(diff);
  // A store that moves is reported at the objects that write to it, not at the store.
  const stores = new Set(changes.map(({ before }) => before.within));
  for (const { object: head, before, after } of changes) {
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

/** Objects whose backups go to another place on head, by their own fields or those of an object that they name. */
function placeChanges({ base, head, compared }: Diff) {
  return head.objects.flatMap(object => {
    const { knownKind, namespace, name } = object;
    if (knownKind?.data?.backupPlace === undefined || !compared.has(object)) return [];
    const old = base.find(knownKind, namespace, name);
    const before = old && knownKind.data.backupPlace(old, base.find);
    const after = knownKind.data.backupPlace(object, head.find);
    if (before === undefined || after === undefined || isOnePlace(before, after)) return [];
    return [{ object, before, after }];
  });
}
