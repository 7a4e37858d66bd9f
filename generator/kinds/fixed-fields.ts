import type { Path } from '../ground/finding.ts';
import { isSame, type Json, valueAt } from '../ground/json.ts';
import type { Kind } from './kind.ts';

/** Fields that an update cannot change (kubernetes 1.36, validation.go of each group). */
export function fixedAt(...paths: readonly Path[]): NonNullable<Kind['fixed']> {
  return (before, after) => changedPaths(paths, before, after);
}

/** Those of the paths at which two objects differ; the order of a list counts, as it does for the API server. */
export function changedPaths(paths: readonly Path[], before: unknown, after: unknown): Path[] {
  return paths.filter(path => !isSame(valueAt(before, path) as Json, valueAt(after, path) as Json));
}
