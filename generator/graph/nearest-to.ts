import type { PlacedObject } from '../kinds/kind.ts';

/**
 * Of several objects that may be meant the one that is built along with what means it: environments of one
 * cluster have the same names.
 */
export function nearestTo(
  { file }: PlacedObject,
  all: readonly PlacedObject[],
): PlacedObject | undefined {
  return all.find(object => object.file === file) ?? all[0];
}
