import { isSame } from '../../ground/json.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { ObjectSet } from '../../read/sets/object-set.ts';
import { AS_MADE } from '../../review/changes/comparison.ts';
import type { ComparableSides, Pair, Side } from './side.ts';

/** Sides, and what their spec makes where that is something else. */
export function withMade(sides: ComparableSides, made: ComparableSides): ComparableSides {
  const known = new Map(sides.pairs.map(({ name, head }) => [name, head]));
  const pairs = made.pairs
    .filter(({ name, head }) => !areSame(known.get(name), head))
    .map(pair => ({ ...pair, name: madeName(pair.name), presence: madePresence(pair) }));
  const objects = new Set(pairs.flatMap(({ head }) => [...(head?.objects ?? [])]));
  return {
    ...sides,
    head: { ...sides.head, placesBeside: placesOf(sides.head, made.head, objects) },
    pairs: [...sides.pairs, ...pairs],
    broken: [
      ...sides.broken,
      ...made.broken
        .filter(({ side }) => side === 'head')
        .map(one => ({ ...one, environment: madeName(one.environment) })),
    ],
  };
}

function madeName(environment: string): string {
  return environment + AS_MADE;
}

function madePresence({ presence }: Pair): Pair['presence'] {
  return new Map([...presence].map(([name, sides]) => [madeName(name), sides]));
}

function areSame(a: ObjectSet | undefined, b: ObjectSet | undefined): boolean {
  const objects = (set: ObjectSet | undefined): unknown => set?.objects.map(({ json }) => json);
  return isSame(objects(a), objects(b));
}

/** Both number their sources from 0 on, so an object tells where it is from. */
function placesOf(own: Side, made: Side, objects: ReadonlySet<PlacedObject>): Side['placesBeside'] {
  return other => {
    const [inOwn, inMade] = [own.placesBeside(other), made.placesBeside(other)];
    return (object, path) => (objects.has(object) ? inMade : inOwn)(object, path);
  };
}
