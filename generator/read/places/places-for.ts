import type { Path } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { placesIn } from '../../ground/locate.ts';
import { oncePer } from '../../ground/once-per.ts';
import type { ReadSpec } from '../read-spec.ts';
import type { MadeUnit, ManifestSet } from '../sets/manifest-set.ts';
import { entryPaths, fieldInSpec } from './field-in-spec.ts';
import type { FieldPlace } from './places-in-files.ts';
import { placesOfSources } from './places-of-sources.ts';

/** From the entry of the spec that an object comes from to what in it made a field. */
export type Narrow = (entry: Path, unit: MadeUnit, field: Path, object: KubeObject) => Path;

/**
 * Where a field of an object stands for the reader: at the line of the spec that the object comes from,
 * else in its manifest.
 */
export function placesFor(
  sets: readonly ManifestSet[],
  host: Host,
  read?: ReadSpec,
  narrow: Narrow | undefined = read && narrowIn(read),
): FieldPlace {
  const sources = new Set(sets.flatMap(set => [...set.context, ...set.sources]));
  return placesOfSources(sources, host, read && narrow && placesInSpec(sets, read, narrow));
}

function narrowIn({ spec }: ReadSpec): Narrow {
  return (entry, { name: unit }, field, object) =>
    fieldInSpec(spec, { entry, unit, object, field });
}

/** The line of the spec's entry that an object comes from. */
function placesInSpec(
  sets: readonly ManifestSet[],
  { spec, source }: ReadSpec,
  narrow: Narrow,
): FieldPlace {
  const units = new Map(
    sets.flatMap(({ unit, sources }) => sources.map(({ number }) => [number, unit] as const)),
  );
  const places = placesIn(source);
  const entriesOf = oncePer((unit: MadeUnit) => entryPaths(spec, unit));
  return ({ json, file }, field) => {
    const unit = units.get(file);
    const path = unit && entriesOf(unit)(json);
    return path && places({ path: narrow(path, unit, field, json) });
  };
}
