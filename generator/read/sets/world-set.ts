import type { World } from '../world/worlds.ts';
import type { ManifestSet } from './manifest-set.ts';
import { nothingOutside } from './object-set.ts';

/** What a cluster has, all of it. */
export function wholeSet({ units, others }: World): ManifestSet {
  return {
    sources: units.flatMap(unit => unit.sources),
    context: [
      ...units.flatMap(({ raw }) => raw),
      ...others.flatMap(unit => [...unit.sources, ...unit.raw]),
    ],
    outside: nothingOutside,
  };
}
