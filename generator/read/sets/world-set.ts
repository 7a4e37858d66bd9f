import type { Unit } from '../world/unit.ts';
import type { World } from '../world/worlds.ts';
import type { ManifestSet } from './manifest-set.ts';
import { nothingOutside, type Standing } from './object-set.ts';

/** What a cluster has, all of it. */
export function wholeSet(world: World): ManifestSet {
  const { units, others } = world;
  return {
    sources: units.flatMap(unit => unit.sources),
    context: [...units.flatMap(({ raw }) => raw), ...others.flatMap(allOf)],
    outside: nothingOutside,
    standings: standingsIn(world),
  };
}

/** A tree of which something is applied is applied itself, by hand where it begins. */
function standingsIn({ units, others }: World): Map<number, Standing> {
  const applied = new Set(units.filter(({ by }) => by !== undefined).map(({ tree }) => tree));
  const own = units.flatMap(unit => numbersOf(unit, applied.has(unit.tree) ? 'applied' : 'loose'));
  return new Map([...others.flatMap(unit => numbersOf(unit, 'elsewhere')), ...own]);
}

function numbersOf(unit: Unit, standing: Standing): [number, Standing][] {
  return allOf(unit).map(({ number }) => [number, standing]);
}

function allOf({ sources, raw }: Unit): Unit['sources'] {
  return [...sources, ...raw];
}
