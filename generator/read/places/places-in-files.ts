import type { Path, Place } from '../../ground/finding.ts';
import { type PlaceOf, placesIn } from '../../ground/locate.ts';
import type { PlacedObject } from '../../kinds/kind.ts';

/** The place of a field of an object, where there is one. */
export type FieldPlace = (object: PlacedObject, path: Path) => Place | undefined;

/**
 * Places in streams of manifests, by the number that objects carry. Only those that are asked for
 * are read for places, each once.
 */
export function placesInFiles(
  fileOf: (number: number) => { readonly file: string; readonly text?: string } | undefined,
): FieldPlace {
  const readers = new Map<number, PlaceOf>();
  return (object, path) => {
    const source = fileOf(object.file);
    if (source === undefined) return undefined;
    const { file, text = '' } = source;
    const places = readers.get(object.file) ?? placesIn({ file, text, isStream: true });
    readers.set(object.file, places);
    return places({ path: [...object.path, ...path] });
  };
}
