import type { Path, Place } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { placesIn } from '../../ground/locate.ts';
import type { Item } from '../../kinds/kind.ts';
import type { Target } from '../../make/target.ts';
import type { ManifestSource } from '../manifest-source.ts';
import type { ReadSpec } from '../read-spec.ts';
import type { ManifestSet } from '../sets/manifest-set.ts';
import { entryPaths } from './entry-paths.ts';
import { fieldInSpec } from './field-in-spec.ts';
import { kustomizationPlaces } from './kustomization-places.ts';
import { type FieldPlace, placesInFiles } from './places-in-files.ts';
import { templatePlaces } from './template-places.ts';

/** From the entry of the spec that an object comes from to what in it made a field. */
export type Narrow = (entry: Path, target: Target, field: Path, object: KubeObject) => Path;

/**
 * Where a field of an object stands for the reader: in the manifest, at the line of the spec that
 * the object comes from, or, of what kustomize made, in the file that it took it from; where that is
 * not known, at the kustomization.
 */
export function placesFor(
  sets: readonly ManifestSet[],
  host: Host,
  read?: ReadSpec,
  narrow: Narrow | undefined = read && narrowIn(read),
): FieldPlace {
  const sources = new Map(
    sets.flatMap(({ target, sources: own, context }) => [
      ...context.map(source => [source.number, { ...source, target: undefined }] as const),
      ...own.map(source => [source.number, { ...source, target }] as const),
    ]),
  );
  const inFiles = placesInFiles(number => sources.get(number));
  const inKustomization = kustomizationPlaces(host);
  const inTemplate = templatePlaces(host);
  const inSpec = read && narrow && placesInSpec(read, narrow);
  return (item, path) => {
    const source = sources.get(item.file);
    if (source === undefined || !source.isBuilt) return inFiles(item, path);
    const { target, file } = source;
    if (source.helm !== undefined) return inTemplate(file, item, path);
    const place = target === undefined ? undefined : inSpec?.(item, target, path);
    const last = hasCharts(source) ? inTemplate : atTop;
    return place ?? inKustomization(file, item, path) ?? last(file, item, path);
  };
}

function hasCharts({ madeCharts }: ManifestSource): boolean {
  return madeCharts !== undefined && madeCharts.count > 0;
}

function atTop(file: string): Place {
  return { file, line: 1, column: 1 };
}

function narrowIn({ spec }: ReadSpec): Narrow {
  return (entry, { name: target }, field, object) =>
    fieldInSpec(spec, { entry, target, object, field });
}

/** The line of the spec's entry that an object comes from. */
function placesInSpec(
  { spec, source }: ReadSpec,
  narrow: Narrow,
): (item: Item, target: Target, field: Path) => Place | undefined {
  const places = placesIn(source);
  const entries = new Map<Target, ReturnType<typeof entryPaths>>();
  return ({ object }, target, field) => {
    const entryOf = entries.get(target) ?? entryPaths(spec, target);
    entries.set(target, entryOf);
    const path = entryOf(object);
    return path && places({ path: narrow(path, target, field, object) });
  };
}
