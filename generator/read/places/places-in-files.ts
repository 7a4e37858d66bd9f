import type { Path, Place } from '../../ground/finding.ts';
import { type PlaceOf, placesIn } from '../../ground/locate.ts';
import type { Item } from '../../kinds/kind.ts';

/** The place of a field of an object, where there is one. */
export type FieldPlace = (item: Item, path: Path) => Place | undefined;

/**
 * Places in streams of manifests, by the number that items carry. Only those that are asked for
 * are read for places, each once.
 */
export function placesInFiles(
  fileOf: (number: number) => { readonly file: string; readonly text?: string } | undefined,
): FieldPlace {
  const readers = new Map<number, PlaceOf>();
  return (item, path) => {
    const source = fileOf(item.file);
    if (source === undefined) return undefined;
    const { file, text = '' } = source;
    const places = readers.get(item.file) ?? placesIn({ file, text, isStream: true });
    readers.set(item.file, places);
    return places({ path: [...item.path, ...path] });
  };
}
