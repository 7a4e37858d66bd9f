import type { Path } from '../ground/finding.ts';
import { itemOf } from './item-of.ts';
import type { Find, Item } from './kind.ts';

/** The objects that others stand for, as items; none brings another. */
export function broughtBy(items: readonly Item[], find: Find): Item[] {
  return items.flatMap(by =>
    (by.known?.brings?.(by, find) ?? []).map(({ object, placeOf }) => ({
      ...itemOf(object, by.file, by.path, by.namespace),
      written: { by, placeOf },
    })),
  );
}

/** The object that stands in a manifest: the item itself, or the one that brings it. */
export function writtenItem(item: Item): Item {
  return item.written?.by ?? item;
}

/** Where a field of an item is written. */
export function writtenAt(item: Item, path: Path): { readonly item: Item; readonly path: Path } {
  return item.written?.placeOf(path) ?? { item, path };
}
