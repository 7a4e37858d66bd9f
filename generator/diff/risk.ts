import type { Path, Related } from '../core/finding.ts';
import { valueAt } from '../core/json.ts';
import { objectIdentity } from '../graph/graph.ts';
import type { ObjectField, PlacedObject } from '../kinds/kind.ts';
import type { RuleFault } from '../lint/rule.ts';
import type { Changed, Comparison } from './field-changes.ts';

/** `Deployment "api"`. */
export function nameOf({ kind, name }: PlacedObject): string {
  return `${kind} "${name}"`;
}

/** Objects as the subject or object of a sentence: two by name, and how many more. */
export function namesOf(places: readonly Placed[]): string {
  const names = firstPlaces(places).map(({ object }) => nameOf(object));
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

/**
 * block: data is lost or the apply is rejected. high: an outage is likely. warn: something restarts
 * or behaves differently.
 */
export type Level = 'block' | 'high' | 'warn';

/** The levels, the worst first. */
export const LEVELS: readonly Level[] = ['block', 'high', 'warn'];

/** One kind of change that hurts. */
export interface RiskRule {
  /** Names the risk, in kebab-case; also the file, the page and the test folder. */
  readonly id: string;
  /** The level of the rule; a risk may state another where the circumstances make it so. */
  readonly level: Level;
  /** What changes, in one sentence. */
  readonly summary: string;
  /** Lint rules that find the same: of the objects that a risk names nothing is said twice. */
  readonly tells?: readonly string[];
  readonly check: (comparison: Comparison) => Iterable<Risk>;
}

/** A change that hurts: the object at risk, what will happen to it, and what to do instead. */
export interface Risk extends SideField, Omit<RuleFault, 'related'> {
  /** Where the rule's own level is not the right one. */
  readonly level?: Level;
  /** What Argo CD will do with a removed object (`diff/deletion.ts`). */
  readonly outcome?: string;
  /** Other objects of the matter, such as the readers of a Secret. */
  readonly related?: readonly RelatedObject[];
}

/** A field of an object of one side. */
export interface SideField extends ObjectField {
  readonly side: 'base' | 'head';
}

export type RelatedObject = Related<SideField>;
