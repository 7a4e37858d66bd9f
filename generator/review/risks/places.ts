import { objectIdentity } from '../../graph/graph-of.ts';
import type { Path } from '../../ground/finding.ts';
import { valueAt } from '../../ground/json.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Changed } from '../changes/comparison.ts';
import type { RelatedObject, Risk } from './risk-rule.ts';

/**
 * Where a field of a changed object stands: on head, on base where head has lost it, else what
 * would hold it on head. Defaults stand nowhere.
 */
export function fieldPlace(
  { base, head }: Changed,
  headPath: Path,
  basePath: Path = headPath,
): Pick<Risk, 'object' | 'side' | 'path'> {
  if (valueAt(head.json, headPath) !== undefined)
    return { object: head, side: 'head', path: headPath };
  if (valueAt(base.json, basePath) !== undefined)
    return { object: base, side: 'base', path: basePath };
  const lengths = headPath.map((_, index) => index).reverse();
  const length = lengths.find(end => valueAt(head.json, headPath.slice(0, end)) !== undefined);
  return { object: head, side: 'head', path: headPath.slice(0, length) };
}

/** A place that something stands at. */
export interface Placed {
  readonly object: PlacedObject;
  readonly path: Path;
}

/** One place of each object, by the names of the objects: the order of files means nothing. */
export function firstPlaces<T extends Placed>(places: readonly T[]): T[] {
  const first = new Map<string, T>();
  for (const place of places) {
    const identity = objectIdentity(place.object);
    if (!first.has(identity)) first.set(identity, place);
  }
  return [...first].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, place]) => place);
}

/** Objects that a risk is about too, each once. */
export function relatedObjects(
  places: readonly Placed[],
  side: RelatedObject['side'],
  note: string,
): RelatedObject[] {
  return firstPlaces(places).map(({ object, path }) => ({ object, path, side, note }));
}

/** What a lint rule relates to its finding, as it stands on head. */
export function relatedOnHead(
  related: readonly Omit<RelatedObject, 'side'>[] | undefined,
): RelatedObject[] {
  return (related ?? []).map(other => ({ ...other, side: 'head' }));
}
