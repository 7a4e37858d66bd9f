import { type BackupPlace, isOnePlace } from '../../../kinds/backups.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';

/** An object that is on both sides, and where its backups went and go. */
export interface PlaceChange {
  readonly base: PlacedObject;
  readonly head: PlacedObject;
  readonly before: BackupPlace;
  readonly after: BackupPlace;
}

/**
 * What writes its backups to another place on head: by its own fields, or because what it names
 * for that says so.
 */
export function placeChanges(comparison: Comparison): PlaceChange[] {
  const { base, head, own } = comparison;
  return head.objects.flatMap(object => {
    const { known, namespace, name } = object;
    if (known?.backupPlace === undefined || !own.has(object)) return [];
    const old = base.find(known, namespace, name);
    const before = old && known.backupPlace(old, base.find);
    const after = known.backupPlace(object, head.find);
    if (old === undefined || before === undefined || after === undefined) return [];
    return isOnePlace(before, after) ? [] : [{ base: old, head: object, before, after }];
  });
}
