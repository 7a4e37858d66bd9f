import type { Path } from '../ground/finding.ts';

/** Where backups are written. */
export interface BackupPlace {
  /** The field that says so. */
  readonly path: Path;
  /** In words, as the object says it. */
  readonly called: string;
  /** Two places with one text are one; undefined: another object says it, which is not here. */
  readonly place: string | undefined;
  /** The place that it is a part of, where an object has that for itself. */
  readonly within?: string;
}

/** Whether two places are one, as far as what both say tells. */
export function isOnePlace(a: BackupPlace, b: BackupPlace): boolean {
  const isSeen = a.place !== undefined && b.place !== undefined;
  return isSeen ? a.place === b.place : a.called === b.called;
}
