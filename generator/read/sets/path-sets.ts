import type { Host } from '../../ground/host.ts';
import { onceFor } from '../../ground/once-per.ts';
import type { Unit } from '../world/unit.ts';
import { type World, worldsOf } from '../world/worlds.ts';
import type { ManifestSet } from './manifest-set.ts';
import { nothingOutside, type Standing } from './object-set.ts';
import type { ObjectSource } from './parse-source.ts';
import { type PathOptions, PathReader } from './path-reader.ts';

/**
 * The sets of the paths that a user names, each what one cluster has together. All that is in their
 * repositories is known to them; shown is what lies at the paths, or is made of what does.
 */
export function setsOfPaths(options: PathOptions, host: Host): ManifestSet[] {
  const reader = new PathReader(options, host);
  const units = reader.units();
  reader.addApplied(units);
  const worlds = worldsOf(units);
  return worlds.flatMap(world => {
    const others = worlds.filter(
      other => other !== world && other.isApart && world.isApart && reader.areBeside(other, world),
    );
    const apart = onceFor(() => others.map(other => wholeSet(other)));
    return setOf(world, reader).map(set => (others.length > 0 ? { ...set, apart } : set));
  });
}

function setOf(world: World, reader: PathReader): ManifestSet[] {
  const set = wholeSet(world);
  // A chart that is not made is not read: what is in its folder only shows that it changes.
  const isRead = (one: ObjectSource): boolean => one.contents === undefined && reader.isWanted(one);
  const units = world.units.filter(({ sources }) => sources.some(isRead));
  if (units.length === 0) return [];
  return [
    {
      ...set,
      units: { all: units.length, applied: units.filter(({ by }) => by !== undefined).length },
      isTouched: source => reader.isWanted(source),
      isShown: (source, at) => reader.isShown(source, at),
    },
  ];
}

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
