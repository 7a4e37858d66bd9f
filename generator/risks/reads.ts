import type { Comparison } from '../diff/comparison.ts';
import type { Item } from '../graph/item.ts';
import { itemIdentity } from '../graph/object-set.ts';
import type { Reader, SecretGraph } from '../graph/secret-graph.ts';
import type { RelatedItem } from './risk-rule.ts';

/** The reads of a Secret. */
export function readsOf({ readers }: SecretGraph, namespace: string, secret: string): Reader[] {
  return readers.filter(reader => reader.namespace === namespace && reader.secret === secret);
}

/** The reads of a Secret by others than an object, which cannot do without it. */
export function needsOf(
  graph: SecretGraph,
  namespace: string,
  secret: string,
  except: Item,
): Reader[] {
  return readsOf(graph, namespace, secret).filter(
    ({ isOptional, item }) => !isOptional && item !== except,
  );
}

/** A place that something stands at. */
interface Placed {
  readonly item: Item;
  readonly path: RelatedItem['path'];
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

/** `Deployment "api"`. */
export function nameOf({ kind, name }: Item): string {
  return `${kind} "${name}"`;
}

/** Objects as the subject or object of a sentence: two by name, and how many more. */
export function namesOf(places: readonly Placed[]): string {
  const names = firstPlaces(places).map(({ item }) => nameOf(item));
  const [first = '', second, ...others] = names;
  if (second === undefined) return first;
  return others.length === 0
    ? `${first} and ${second}`
    : `${first}, ${second} and ${others.length} more`;
}

/** A verb after `namesOf`: `reads` of one, `read` of several. */
export function verb(places: readonly Placed[], one: string, several: string): string {
  return firstPlaces(places).length === 1 ? one : several;
}

/** Keys in a sentence: `the key "a"`, `the keys "a" and "b"`. */
export function keysText(keys: readonly string[]): string {
  const names = [...new Set(keys)].sort().map(key => `"${key}"`);
  if (names.length <= 1) return `the key ${names[0] ?? ''}`;
  if (names.length > 5) return `${names.length} keys (${names.slice(0, 4).join(', ')} …)`;
  return `the keys ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Whether an object is one of the compared environment, and not one around it. */
export function isOwn({ own }: Comparison): (place: { readonly item: Item }) => boolean {
  return ({ item }) => own.has(item);
}
