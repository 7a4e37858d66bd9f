import type { Item } from '../graph/item.ts';
import {
  type Finding,
  fieldOf,
  type ObjectName,
  type Path,
  type Place,
} from '../source/finding.ts';
import { type PlaceOf, placesIn, type SourceFile } from '../source/locate.ts';
import { hideSecrets } from '../source/secret-text.ts';
import type { RuleFinding } from './check-graph.ts';

/**
 * Rule findings with their lines. Only files with a finding are read for places, each once.
 * `files` are those of the items, by number.
 */
export function locateFindings(
  found: readonly RuleFinding[],
  files: readonly SourceFile[],
): Finding[] {
  const readers = new Map<number, PlaceOf>();
  const placeOf = (item: Item, path: Path): { at?: Place } => {
    const file = files[item.file];
    if (file === undefined) return {};
    const places = readers.get(item.file) ?? placesIn(file);
    readers.set(item.file, places);
    return { at: places({ path: [...item.path, ...path] }) };
  };
  return found.map(({ rule, item, path, message, hint, related = [] }) => ({
    id: rule.id,
    severity: rule.severity,
    message: hideSecrets(message),
    hint: hideSecrets(hint),
    field: fieldOf(path),
    ...placeOf(item, path),
    object: objectName(item),
    ...(related.length > 0 && {
      related: related.map(place => ({
        note: hideSecrets(place.note),
        ...placeOf(place.item, place.path),
      })),
    }),
  }));
}

function objectName({ kind, namespace, name }: Item): ObjectName {
  return { kind, ...(namespace !== '' && { namespace }), name };
}
