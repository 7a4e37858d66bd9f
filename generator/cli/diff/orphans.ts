import { relative } from 'node:path';
import type { Unit } from '../../read/world/unit.ts';

/** The units of a side, and the folder that was read as a whole. */
interface RootedUnits {
  readonly root: string;
  readonly units: readonly Unit[];
}

/**
 * Head without what it has left over: what something applied on base and nothing does any more, though
 * its files are still there.
 */
export function withoutOrphans<T extends RootedUnits>(head: T, base: RootedUnits): T {
  const known = new Set(base.units.flatMap(({ id, home }) => [id, home?.id]));
  const used = placesOf(base, base.units);
  const deployed = placesOf(
    base,
    base.units.filter(({ by }) => by !== undefined),
  );
  const isOrphan = (unit: Unit): boolean => {
    const { id, by, home } = unit;
    if (home !== undefined) return !known.has(home.id) && used.has(home.file);
    const places = by === undefined && !known.has(id) ? placesOf(head, [unit]) : [];
    return [...places].some(place => deployed.has(place));
  };
  return { ...head, units: head.units.filter(unit => !isOrphan(unit)) };
}

/** The files of units, from the root. */
function placesOf({ root }: RootedUnits, units: readonly Unit[]): Set<string> {
  const places = units.flatMap(({ sources }) => sources.flatMap(source => source.places ?? []));
  return new Set(places.map(place => relative(root, place)));
}
