import { type BackupPlace, isOnePlace } from '../../../kinds/backup-place.ts';
import type { Item } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';

/** An object that is on both sides, and where its backups went and go. */
export interface PlaceChange {
  readonly base: Item;
  readonly head: Item;
  readonly before: BackupPlace;
  readonly after: BackupPlace;
}

/**
 * What writes its backups to another place on head: by its own fields, or because what it names
 * for that says so.
 */
export function placeChanges(comparison: Comparison): PlaceChange[] {
  const { base, head, own } = comparison;
  return head.items.flatMap(item => {
    const { known, namespace, name } = item;
    if (known?.backupPlace === undefined || !own.has(item)) return [];
    const old = base.find(known, namespace, name);
    const before = old && known.backupPlace(old, base.find);
    const after = known.backupPlace(item, head.find);
    if (old === undefined || before === undefined || after === undefined) return [];
    return isOnePlace(before, after) ? [] : [{ base: old, head: item, before, after }];
  });
}
