import type { Host } from '../../ground/host.ts';
import { onceFor } from '../../ground/once-per.ts';
import { type World, worldsOf } from '../world/worlds.ts';
import type { ManifestSet } from './manifest-set.ts';
import { type PathOptions, PathReader } from './path-reader.ts';
import { wholeSet } from './world-set.ts';

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
  const units = world.units.filter(({ sources }) => sources.some(one => reader.isWanted(one)));
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
