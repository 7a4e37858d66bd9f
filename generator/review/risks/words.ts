import type { PlacedObject } from '../../kinds/kind.ts';
import { firstPlaces, type Placed } from './places.ts';

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
