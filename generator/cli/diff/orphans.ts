import { relative } from 'node:path';
import { objectIdentity } from '../../graph/graph-of.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { comesOfAny, isDeployed, type Unit } from '../../read/world/unit.ts';

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
export function objectsOf(units: readonly Unit[]): PlacedObject[] {
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
