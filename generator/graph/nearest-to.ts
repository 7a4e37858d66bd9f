import type { Item } from '../kinds/kind.ts';

/**
 * Of several objects that may be meant the one that is built along with what means it: environments of one
 * cluster have the same names.
 */
export function nearestTo({ file }: Item, all: readonly Item[]): Item | undefined {
  return all.find(item => item.file === file) ?? all[0];
}
