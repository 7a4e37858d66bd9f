import { objectIdentity } from '../../graph/graph-of.ts';
import { isSame } from '../../ground/json.ts';
import { sortBy } from '../../ground/sort-by.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { ObjectSet } from '../../read/sets/object-set.ts';
import { AS_MADE } from '../../review/changes/comparison.ts';
import type { ComparableSides, Pair, Side } from './side.ts';

/** Sides, and what their spec makes where that is something else. */
export function withMade(sides: ComparableSides, made: ComparableSides): ComparableSides {
  const known = new Map(sides.pairs.map(({ name, head }) => [name, head]));
  const pairs = made.pairs
    .filter(({ name, head }) => !areSame({ base: known.get(name), head }))
    .map(pair => ({ ...pair, name: madeName(pair.name), presence: madePresence(pair) }));
  return {
    ...sides,
    head: { ...sides.head, placesBeside: placesOf(sides.head, made.head, objectsOf(pairs)) },
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

/** Whether two sets have the same objects, in any order: kustomize has another one than the expansion. */
export function areSame({ base, head }: SetPair): boolean {
  const objects = (set: ObjectSet | undefined): unknown =>
    set && sortBy(set.objects, objectIdentity).map(({ json }) => json);
  return isSame(objects(base), objects(head));
}

interface SetPair {
  readonly base?: ObjectSet | undefined;
  readonly head?: ObjectSet | undefined;
}

/** Sides by their environments, and what changes beside their spec. */
export function withBeside(sides: ComparableSides, beside: ComparableSides): ComparableSides {
  const pairs = beside.pairs.map(pair => ({ ...pair, presence: ownPresence(pair) }));
  const objects = objectsOf(pairs);
  const both = (side: 'base' | 'head'): Side => {
    const [own, other] = [sides[side], beside[side]];
    return {
      ...own,
      isEmpty: own.isEmpty && other.isEmpty,
      placesBeside: placesOf(own, other, objects),
      files: new Set([...own.files, ...other.files]),
      fileOf: name => own.fileOf(name) ?? other.fileOf(name),
      strangers: new Map([...own.strangers, ...other.strangers]),
      unread: [...own.unread, ...other.unread],
      notices: [...own.notices, ...other.notices],
    };
  };
  return {
    base: both('base'),
    head: both('head'),
    pairs: [...sides.pairs, ...pairs],
    broken: [...sides.broken, ...beside.broken],
  };
}

/** The units that are asked for: the others are environments, and told of as these. */
function ownPresence({ presence, units }: Pair): Pair['presence'] {
  const names = [...(units?.values() ?? [])].filter(({ isOwn }) => isOwn);
  const own = new Set(names.map(({ environment }) => environment));
  return new Map([...presence].filter(([name]) => own.has(name)));
}

function objectsOf(pairs: readonly Pair[]): ReadonlySet<PlacedObject> {
  return new Set(
    pairs.flatMap(({ base, head }) => [base, head].flatMap(set => set?.objects ?? [])),
  );
}

/** Both number their sources from 0 on, so an object tells where it is from. */
function placesOf(own: Side, more: Side, objects: ReadonlySet<PlacedObject>): Side['placesBeside'] {
  return other => {
    const [inOwn, inMore] = [own.placesBeside(other), more.placesBeside(other)];
    return (object, path) => (objects.has(object) ? inMore : inOwn)(object, path);
  };
}
