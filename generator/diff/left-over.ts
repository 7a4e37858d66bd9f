import { relative } from 'node:path';
import type { Finding } from '../core/finding.ts';
import { isSame, sortBy } from '../core/json.ts';
import { objectIdentity } from '../graph/graph.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { isBelow } from '../world/inside.ts';
import type { ObjectSet } from '../world/object-set.ts';
import type { PathUnits } from '../world/sets.ts';
import { comesOfAny, isDeployed, type Unit } from '../world/world.ts';
import { AS_MADE } from './field-changes.ts';
import type { ComparableSides, Pair, Side } from './side.ts';

/** Units of base, and those of them that were left over. */
interface Copies<T> {
  readonly base: T;
  readonly findings: readonly Finding[];
}

/**
 * Base without what nothing applied and head has no more, where deployment objects have each object of it
 * applied from elsewhere, on both sides: it was left over, and nothing is deleted with it. That is said, as
 * somebody could have applied it by hand to another cluster.
 */
export function withoutCopies<T extends RootedUnits & Pick<PathUnits, 'isWanted'>>(
  base: T,
  head: RootedUnits,
): Copies<T> {
  const applied = [base, head].map(
    ({ units }) => new Set(objectsOf(units.filter(isDeployed)).map(objectIdentity)),
  );
  const still = new Set(head.units.map(({ id }) => id));
  const seen = head.units.filter(isDeployed).map(({ folder }) => `/${folder}`);
  const isCopy = (unit: Unit): boolean => {
    if (isDeployed(unit) || still.has(unit.id)) return false;
    if (seen.some(folder => folder !== '/' && isBelow(folder, `/${unit.folder}`))) return false;
    const own = objectsOf([unit]).map(objectIdentity);
    return own.length > 0 && applied.every(ids => own.every(id => ids.has(id)));
  };
  const copies = new Set(base.units.filter(isCopy));
  if (copies.size === 0) return { base, findings: [] };
  return {
    base: { ...base, units: base.units.filter(unit => !copies.has(unit)) },
    findings: [...copies].filter(({ sources }) => sources.some(base.isWanted)).map(copyFinding),
  };
}

function copyFinding({ folder }: Unit): Finding {
  return {
    rule: 'left-over',
    severity: 'warning',
    message: `"${folder}" goes, which nothing here applied: what it holds is applied from elsewhere, before and after, and stays`,
    hint: 'If somebody applied it by hand to another cluster, look at what becomes of that one.',
    field: '',
  };
}

/** The units of a side, and the folder that was read as a whole. */
export interface RootedUnits {
  readonly root: string;
  readonly units: readonly Unit[];
}

/**
 * Head without what it has left over: what something applied on base and nothing does any more, though
 * its files are still there, or were put away.
 */
export function withoutOrphans<T extends RootedUnits>(head: T, base: RootedUnits): T {
  const known = new Set(base.units.flatMap(({ id, home }) => [id, home?.id]));
  const isLetGo = letGo(head);
  const kept = base.units.filter(unit => !isLetGo(unit));
  const used = placesOf(base, kept);
  const deployed = placesOf(base, kept.filter(isDeployed));
  const isPutAway = putAway(head, base);
  const isOrphan = (unit: Unit): boolean => {
    const { id, home } = unit;
    const isNew = !isDeployed(unit) && !known.has(id);
    if (isNew && isPutAway(unit)) return true;
    if (home !== undefined) return !known.has(home.id) && used.has(home.file);
    const places = isNew ? placesOf(head, [unit]) : [];
    return [...places].some(place => deployed.has(place));
  };
  const trees = new Set(head.units.filter(isOrphan).map(({ tree }) => tree));
  return { ...head, units: head.units.filter(({ tree }) => !trees.has(tree)) };
}

/**
 * Whether a unit was applied by something that it held itself and that head has nowhere: Git says no more
 * who applies it, and that one does not delete what it is itself part of.
 */
function letGo(head: RootedUnits): (unit: Unit) => boolean {
  const still = new Set(objectsOf(head.units).map(objectIdentity));
  return unit =>
    unit.by !== undefined &&
    unit.by.written === undefined &&
    !still.has(objectIdentity(unit.by)) &&
    objectsOf([unit]).map(objectIdentity).includes(objectIdentity(unit.by));
}

/**
 * Whether a unit of head that nothing applies has what something applied on base that is still there,
 * or comes of one that is, and has it no more: it is deleted, wherever its files went.
 */
function putAway(head: RootedUnits, base: RootedUnits): (unit: Unit) => boolean {
  const deployed = head.units.filter(isDeployed);
  const isStanding = comesOfAny(new Set(deployed.map(({ id }) => id)));
  const still = new Set(objectsOf(deployed).flatMap(identitiesOf));
  const gone = new Set(
    objectsOf(base.units.filter(unit => isDeployed(unit) && isStanding(unit)))
      .flatMap(identitiesOf)
      .filter(id => !still.has(id)),
  );
  return unit => objectsOf([unit]).some(object => gone.has(objectIdentity(object)));
}

/** The objects of units. */
function objectsOf(units: readonly Unit[]): PlacedObject[] {
  return units.flatMap(({ sources }) => sources.flatMap(({ objects }) => [...objects]));
}

/** With and without its namespace, which what applies it may have given it. */
function identitiesOf(object: PlacedObject): string[] {
  return [objectIdentity(object), objectIdentity({ ...object, namespace: '' })];
}

/** The files of units, from the root. */
function placesOf({ root }: RootedUnits, units: readonly Unit[]): Set<string> {
  const places = units.flatMap(({ sources }) => sources.flatMap(source => source.places ?? []));
  return new Set(places.map(place => relative(root, place)));
}

/** Sides, and what their spec makes where that is something else. */
export function withMade(sides: ComparableSides, made: ComparableSides): ComparableSides {
  const known = new Map(sides.pairs.map(({ name, head }) => [name, head]));
  const pairs = made.pairs
    .filter(({ name, head }) => !areSame({ base: known.get(name), head }))
    .map(pair => ({ ...pair, name: madeName(pair.name), presence: madePresence(pair) }));
  return {
    ...sides,
    head: {
      ...sides.head,
      placesBeside: placesOfWithMore(sides.head, made.head, objectsOfWithMore(pairs)),
    },
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
  const objects = objectsOfWithMore(pairs);
  const both = (side: 'base' | 'head'): Side => {
    const [own, other] = [sides[side], beside[side]];
    return {
      ...own,
      isEmpty: own.isEmpty && other.isEmpty,
      placesBeside: placesOfWithMore(own, other, objects),
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

function objectsOfWithMore(pairs: readonly Pair[]): ReadonlySet<PlacedObject> {
  return new Set(
    pairs.flatMap(({ base, head }) => [base, head].flatMap(set => set?.objects ?? [])),
  );
}

/** Both number their sources from 0 on, so an object tells where it is from. */
function placesOfWithMore(
  own: Side,
  more: Side,
  objects: ReadonlySet<PlacedObject>,
): Side['placesBeside'] {
  return other => {
    const [inOwn, inMore] = [own.placesBeside(other), more.placesBeside(other)];
    return (object, path) => (objects.has(object) ? inMore : inOwn)(object, path);
  };
}
