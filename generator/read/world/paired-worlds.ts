import { groupBy } from '../../ground/group-by.ts';
import { isBelow } from '../inside.ts';
import { isDeployed, type Unit } from './unit.ts';
import { commonWith, type World, worldsOf } from './worlds.ts';

/** A cluster as two revisions of its repositories have it. */
export interface PairedWorlds {
  readonly base: World;
  readonly head: World;
}

const NOTHING: World = { units: [], others: [], isApart: false };

/**
 * The worlds of two revisions, each with the one that it was. A unit of base is where the unit of
 * its name is on head; one that head has not, where its folder is applied, or most of those are that it was with.
 */
export function pairedWorlds(base: readonly Unit[], head: readonly Unit[]): PairedWorlds[] {
  const after = worldsOf(head);
  const before = worldsOf(base);
  const homes = new Map(
    after.flatMap(({ units }, index) => units.map(({ id }) => [id, index] as const)),
  );
  const leftOver = freeIndexes(before, after, homes);
  const applied = appliedFolders(after);
  const placed = before.flatMap((world, number) => {
    const usual = mostOf(world.units.flatMap(({ id }) => homes.get(id) ?? [])) ?? leftOver(number);
    return world.units.map(unit => {
      const known = homes.get(unit.id);
      const now = known === undefined ? applied(unit) : undefined;
      return { unit, world, index: known ?? now ?? usual, isNew: now !== undefined };
    });
  });
  const byIndex = groupBy(placed, ({ index }) => index);
  const indexes = [...new Set([...after.keys(), ...byIndex.keys()])];
  return indexes.map(index => ({
    base: worldWith(byIndex.get(index) ?? []),
    head: after[index] ?? NOTHING,
  }));
}

/** The world that applies now what nothing applied so far. */
function appliedFolders(worlds: readonly World[]): (unit: Unit) => number | undefined {
  const applied = worlds.flatMap(({ units }, index) =>
    units.filter(isDeployed).map(({ folder }) => ({ folder: `/${folder}`, index })),
  );
  return unit =>
    isDeployed(unit)
      ? undefined
      : applied.find(({ folder }) => folder !== '/' && isBelow(folder, `/${unit.folder}`))?.index;
}

/** Worlds of base that have nothing in common with head are those that head has no base for. */
function freeIndexes(
  before: readonly World[],
  after: readonly World[],
  homes: ReadonlyMap<string, number>,
): (number: number) => number {
  const known = (world: World): number[] => world.units.flatMap(({ id }) => homes.get(id) ?? []);
  const taken = new Set(before.flatMap(known));
  const free = [...after.keys()].filter(index => !taken.has(index));
  const lonely = [...before.keys()].filter(number => known(before[number] ?? NOTHING).length === 0);
  return number => free[lonely.indexOf(number)] ?? after.length + number;
}

/** What is there most often, and of several the first. */
function mostOf(indexes: readonly number[]): number | undefined {
  const groups = [...groupBy(indexes, index => index)];
  return groups.sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

interface PlacedUnit {
  readonly unit: Unit;
  /** The one that it is in on its own side. */
  readonly world: World;
  /** Nothing applied it so far, and something does now. */
  readonly isNew: boolean;
}

/** A copy that nothing applied, beside what was applied, was not in the cluster. */
function worldWith(placed: readonly PlacedUnit[]): World {
  const isCommon = commonWith(placed.map(({ unit }) => unit).filter(isDeployed));
  const units = placed
    .filter(({ unit, isNew }) => !(isNew && isCommon(unit)))
    .map(({ unit }) => unit);
  const own = new Set(units);
  const worlds = [...new Set(placed.map(({ world }) => world))];
  const beside = new Set(worlds.flatMap(world => [...world.units, ...world.others]));
  return { units, others: [...beside].filter(unit => !own.has(unit)), isApart: false };
}
