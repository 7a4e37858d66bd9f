import { dirname } from 'node:path';
import type { Host } from '../../ground/host.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { ManifestSet } from '../../read/sets/manifest-set.ts';
import type { CommonOptions } from '../command.ts';
import type { ManifestFlags } from '../manifest-flags.ts';
import { type LookedAt, manifestsAt } from '../manifest-sets.ts';
import { wrongUsage } from '../usage.ts';
import type { LookFlags } from './cluster-look.ts';

export interface DoctorFlags extends ManifestFlags, LookFlags {
  /** Until all is well, or for as long as a duration of Go says. */
  readonly watch?: boolean;
  readonly timeout: string;
  /** AWS is asked which entries there are, with the credentials of a profile. */
  readonly aws?: boolean;
  readonly profile?: string;
}

/** What the paths, or the overlay of the one environment that is named, say; or the exit code, when the spec is wrong. */
export function lookedAt(options: ManifestFlags & CommonOptions, host: Host): LookedAt | number {
  const looked = manifestsAt(options, host);
  if (typeof looked === 'number' || options.paths.length > 0) return looked;
  return { ...looked, sets: oneOf(looked.sets) };
}

/** One cluster is looked at: what is in the others is none of its faults. */
function oneOf(sets: readonly ManifestSet[]): readonly ManifestSet[] {
  if (sets.length <= 1) return sets;
  const names = sets.flatMap(({ unit }) => unit?.name ?? []).join(', ');
  return wrongUsage(`name the environment that the cluster has with -e: ${names}`);
}

/** What kubectl applies an object of these sets from. */
export function appliedFrom(
  sets: readonly ManifestSet[],
): (object: PlacedObject) => readonly string[] | undefined {
  const sources = new Map(
    sets
      .flatMap(({ sources: own, context }) => [...own, ...context])
      .map(source => [source.number, source]),
  );
  return object => {
    const source = sources.get(object.file);
    if (source === undefined || source.file === 'stdin') return undefined;
    return source.isBuilt ? ['-k', dirname(source.file)] : ['-f', source.file];
  };
}
