import { type Finding, fieldOf, type Path, type Place } from '../ground/finding.ts';
import { type PlaceOf, placesIn } from '../ground/locate.ts';
import { maskMessage } from '../ground/mask/text.ts';
import { type Item, objectName } from '../kinds/kind.ts';
import type { Rule, RuleFault } from './rule.ts';

/** A fault of an object, with what is called so and how grave it is. */
export interface ObjectFinding extends RuleFault {
  readonly rule: Pick<Rule, 'id' | 'severity'>;
}

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

/** Findings with their lines. */
export function locateFindings(found: readonly ObjectFinding[], placeOf: FieldPlace): Finding[] {
  const at = (item: Item, path: Path): { at?: Place } => {
    const place = placeOf(item, path);
    return place === undefined ? {} : { at: place };
  };
  return found.map(({ rule, item, path, message, hint, related = [] }) => ({
    id: rule.id,
    severity: rule.severity,
    message: maskMessage(message),
    hint: maskMessage(hint),
    field: fieldOf(path),
    ...at(item, path),
    object: objectName(item),
    ...(related.length > 0 && {
      related: related.map(place => ({
        note: maskMessage(place.note),
        ...at(place.item, place.path),
      })),
    }),
  }));
}
