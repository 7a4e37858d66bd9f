import { itemIdentity } from '../../graph/graph-of.ts';
import type { Path } from '../../ground/finding.ts';
import { valueAt } from '../../ground/value-path.ts';
import type { Item } from '../../kinds/kind.ts';
import type { Changed } from '../changes/comparison.ts';
import type { RelatedItem, Risk } from './risk-rule.ts';

/**
 * Where a field of a changed object stands: on head, on base where head has lost it, else what
 * would hold it on head. Defaults stand nowhere.
 */
export function fieldPlace(
  { base, head }: Changed,
  headPath: Path,
  basePath: Path = headPath,
): Pick<Risk, 'item' | 'side' | 'path'> {
  if (valueAt(head.object, headPath) !== undefined)
    return { item: head, side: 'head', path: headPath };
  if (valueAt(base.object, basePath) !== undefined)
    return { item: base, side: 'base', path: basePath };
  const lengths = headPath.map((_, index) => index).reverse();
  const length = lengths.find(end => valueAt(head.object, headPath.slice(0, end)) !== undefined);
  return { item: head, side: 'head', path: headPath.slice(0, length) };
}

/** A place that something stands at. */
export interface Placed {
  readonly item: Item;
  readonly path: Path;
}

/** One place of each object, by the names of the objects: the order of files means nothing. */
export function firstPlaces<T extends Placed>(places: readonly T[]): T[] {
  const first = new Map<string, T>();
  for (const place of places) {
    const identity = itemIdentity(place.item);
    if (!first.has(identity)) first.set(identity, place);
  }
  return [...first].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, place]) => place);
}

/** Objects that a risk is about too, each once. */
export function relatedItems(
  places: readonly Placed[],
  side: RelatedItem['side'],
  note: string,
): RelatedItem[] {
  return firstPlaces(places).map(({ item, path }) => ({ item, path, side, note }));
}

/** What a lint rule relates to its finding, as it stands on head. */
export function relatedOnHead(
  related: readonly Omit<RelatedItem, 'side'>[] | undefined,
): RelatedItem[] {
  return (related ?? []).map(other => ({ ...other, side: 'head' }));
}
