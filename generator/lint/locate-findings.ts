import { type Finding, fieldOf, type Path, type Place } from '../ground/finding.ts';
import { maskMessage } from '../ground/mask/text.ts';
import { type Item, objectName } from '../kinds/kind.ts';
import type { FieldPlace } from '../read/places/places-in-files.ts';
import type { RuleFinding } from './check-graph.ts';

/** Rule findings with their lines. */
export function locateFindings(found: readonly RuleFinding[], placeOf: FieldPlace): Finding[] {
  const at = (item: Item, path: Path): { at?: Place } => {
    const place = placeOf(item, path);
    return place === undefined ? {} : { at: place };
  };
  return found.map(({ rule, item, path, message, hint, related = [] }) => ({
    rule: rule.id,
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
