import { isMap, type Json } from '../../ground/json.ts';
import type { PlacedObject } from '../../kinds/kind.ts';

/** How much of two objects must be equal for one to be taken for the other under a new name. */
const LIKELY = 0.5;

/** Above this many candidates of a kind only equal names are looked at: pairing is quadratic. */
const MANY = 200;

/**
 * Removed and added objects that are likely one, renamed or moved: of the same kind, and most of
 * what they say equal; another unit (`placeOf`) has one only under its old name. Each way: removed →
 * added and added → removed.
 */
export function likelyPairs(
  removed: readonly PlacedObject[],
  added: readonly PlacedObject[],
  placeOf: (object: PlacedObject) => string | undefined,
): Map<PlacedObject, PlacedObject> {
  const pairs = new Map<PlacedObject, PlacedObject>();
  const isNear = (a: PlacedObject, b: PlacedObject): boolean =>
    a.name === b.name || placeOf(a) === placeOf(b);
  const candidates = candidatesOf(removed, added, isNear);
  candidates.sort((a, b) => b.likeness - a.likeness);
  for (const { before, after } of candidates) {
    if (pairs.has(before) || pairs.has(after)) continue;
    pairs.set(before, after);
    pairs.set(after, before);
  }
  return pairs;
}

interface Candidate {
  readonly before: PlacedObject;
  readonly after: PlacedObject;
  readonly likeness: number;
}

function candidatesOf(
  removed: readonly PlacedObject[],
  added: readonly PlacedObject[],
  isNear: (a: PlacedObject, b: PlacedObject) => boolean,
): Candidate[] {
  const leaves = new Map([...removed, ...added].map(object => [object, leavesOf(object)]));
  const isMany = removed.length > MANY && added.length > MANY;
  return removed.flatMap(before =>
    added
      .filter(after => isSameKind(before, after) && isNear(before, after))
      .filter(after => !isMany || after.name === before.name)
      .map(after => {
        const share = overlap(leaves.get(before), leaves.get(after));
        return { before, after, likeness: after.name === before.name ? 1 + share : share };
      })
      .filter(({ likeness }) => likeness >= LIKELY),
  );
}

function isSameKind(a: PlacedObject, b: PlacedObject): boolean {
  return a.kind === b.kind && a.group === b.group;
}

/** Every value with its field; names and namespace of the object apart. */
function leavesOf({ json }: PlacedObject): Set<string> {
  const { apiVersion: _, kind: _kind, metadata: _metadata, ...rest } = json;
  return new Set(leaves(rest as Json, ''));
}

function* leaves(value: Json, field: string): Iterable<string> {
  if (Array.isArray(value)) for (const item of value) yield* leaves(item, `${field}[]`);
  else if (isMap(value))
    for (const [name, child] of Object.entries(value)) yield* leaves(child, `${field}.${name}`);
  else yield `${field}=${value}`;
}

/** The share of equal leaves; two objects that say nothing, as Namespaces, have none. */
function overlap(a: ReadonlySet<string> = new Set(), b: ReadonlySet<string> = new Set()): number {
  const shared = [...a].filter(leaf => b.has(leaf)).length;
  return shared / Math.max(a.size, b.size, 1);
}
