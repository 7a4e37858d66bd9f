import {
  type Finding,
  fieldOf,
  type ObjectFinding,
  type Path,
  type Place,
  type RelatedObject,
} from '../ground/finding.ts';
import { type PlaceOf, placesIn } from '../ground/locate.ts';
import { maskMessage } from '../ground/mask/text.ts';
import { type Item, objectName } from '../kinds/kind.ts';
import type { RuleFinding } from './check-graph.ts';
import type { RelatedField, Rule, RuleFault } from './rule.ts';

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

/** Rule findings with their lines. */
export function locateFindings(found: readonly RuleFinding[], placeOf: FieldPlace): Finding[] {
  return found.map(({ related = [], ...fault }) => ({
    ...located(fault, fault.rule, placeOf),
    ...(related.length > 0 && { related: related.map(other => relatedAt(other, placeOf)) }),
  }));
}

/** What a rule says of an object, with its line. */
export function located(
  { item, path, message, hint }: RuleFault,
  { id, severity }: Pick<Rule, 'id' | 'severity'>,
  placeOf: FieldPlace,
): ObjectFinding {
  const at = placeOf(item, path);
  return {
    rule: id,
    severity,
    message: maskMessage(message),
    hint: maskMessage(hint),
    field: fieldOf(path),
    ...(at !== undefined && { at }),
    object: objectName(item),
  };
}

/** Another end of it, with its line. */
export function relatedAt({ item, path, note }: RelatedField, placeOf: FieldPlace): RelatedObject {
  const at = placeOf(item, path);
  return { note: maskMessage(note), object: objectName(item), ...(at !== undefined && { at }) };
}
