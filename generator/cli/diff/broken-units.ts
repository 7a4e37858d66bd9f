import { relative } from 'node:path';
import type { Finding } from '../../ground/finding.ts';
import { isBelow } from '../../read/inside.ts';
import type { ObjectSource } from '../../read/sets/parse-source.ts';
import { comesOfAny, isUnread, type Unit } from '../../read/world/unit.ts';
import { isOfChart, onlyIn, unreadIn } from './left-out.ts';
import type { RootedUnits } from './orphans.ts';
import { isError, type WorldSide } from './world-side.ts';

/** A unit of which something cannot be read. */
interface BrokenUnit {
  readonly side: 'base' | 'head';
  readonly unit: Unit;
  readonly finding: Finding;
  /** Whether something of it is asked for. */
  readonly isAsked: boolean;
}

/** What cannot be read of the units of a side, or what only it leaves out. */
export function brokenOf(side: 'base' | 'head', own: WorldSide, other: WorldSide): BrokenUnit[] {
  const twins = new Map(other.units.map(unit => [unit.id, unit]));
  return own.units.flatMap(unit => {
    const twin = twins.get(unit.id);
    const errors = unit.sources.flatMap(({ findings }) => findings.filter(isError));
    const unread = unreadIn(unit).filter(finding => !isOfChart(finding));
    const alone = twin === undefined ? [] : onlyIn(unread, unreadIn(twin));
    const isAsked = unit.sources.some(own.isWanted);
    return [...errors, ...alone].map(finding => ({ side, unit, finding, isAsked }));
  });
}

/** What comes of units that cannot be read, and only one side shows: nobody knows whether the other has it. */
export function unseenOf(
  broken: readonly BrokenUnit[],
  base: readonly Unit[],
  head: readonly Unit[],
): string[] {
  const isOfBroken = comesOfAny(new Set(broken.map(({ unit }) => unit.id)));
  const [before, after] = [idsOf(base), idsOf(head)];
  const ids = [...base, ...head].filter(isOfBroken).map(({ id }) => id);
  return ids.filter(id => before.has(id) !== after.has(id));
}

function idsOf(units: readonly Unit[]): ReadonlySet<string> {
  return new Set(units.map(({ id }) => id));
}

/** A side without what lies where the other one could not look: nothing in it is new, or gone. */
export function withoutUnseen<T extends RootedUnits>(own: T, other: RootedUnits): T {
  const unseen = other.units.filter(isUnread).map(({ folder }) => `/${folder}`);
  if (unseen.length === 0) return own;
  const isSeen = (path: string): boolean => !unseen.some(folder => isBelow(folder, `/${path}`));
  const isHere = ({ isBuilt, places = [] }: ObjectSource): boolean =>
    isBuilt || places.every(place => isSeen(relative(own.root, place)));
  const units = own.units
    .filter(unit => isUnread(unit) || isSeen(unit.folder))
    .map(unit => (isUnread(unit) ? unit : { ...unit, sources: unit.sources.filter(isHere) }));
  return { ...own, units };
}
