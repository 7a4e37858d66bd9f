import type { Path } from '../ground/finding.ts';
import type { Find, PlacedObject } from './kind.ts';
import { placedObject } from './placed-object.ts';

/** The objects that others stand for; none brings another. */
export function broughtBy(objects: readonly PlacedObject[], find: Find): PlacedObject[] {
  return objects.flatMap(by =>
    (by.known?.brings?.(by, find) ?? []).map(({ object, placeOf }) => ({
      ...placedObject(object, by.file, by.path, by.namespace),
      written: { by, placeOf },
    })),
  );
}

/** What stands in a manifest: the object itself, or the one that brings it. */
export function writtenObject(object: PlacedObject): PlacedObject {
  return object.written?.by ?? object;
}

/** Where a field of an object is written. */
export function writtenAt(
  object: PlacedObject,
  path: Path,
): { readonly object: PlacedObject; readonly path: Path } {
  return object.written?.placeOf(path) ?? { object, path };
}
