import { type FieldPlace, placesInFiles } from '../../checks/locate-findings.ts';
import type { Item } from '../../graph/item.ts';
import { identityOf } from '../../objects/kube-object.ts';
import type { Target } from '../../pipeline.ts';
import type { Path, Place } from '../../source/finding.ts';
import { placesIn } from '../../source/locate.ts';
import { inDocument } from '../../spec/source-path.ts';
import type { ReadSpec } from '../read-spec.ts';
import type { ManifestSet } from '../sets/manifest-set.ts';

/**
 * Where a field of an object stands for the reader: in the manifest, at the line of the spec that
 * the object comes from, or, of what kustomize made, at the kustomization.
 */
export function placesFor(sets: readonly ManifestSet[], read: ReadSpec | undefined): FieldPlace {
  const sources = new Map(
    sets.flatMap(({ target, sources: own }) =>
      own.map(source => [source.number, { ...source, target }] as const),
    ),
  );
  const inFiles = placesInFiles(number => sources.get(number));
  const inSpec = read === undefined ? undefined : placesInSpec(read);
  return (item, path) => {
    const source = sources.get(item.file);
    if (source === undefined || !source.isBuilt) return inFiles(item, path);
    const { target, file } = source;
    const place = target === undefined ? undefined : inSpec?.(item, target);
    return place ?? { file, line: 1, column: 1 };
  };
}

/** The entry of the spec that an object comes from; undefined for what people wrote beside it. */
function placesInSpec({
  spec,
  source,
}: ReadSpec): (item: Item, target: Target) => Place | undefined {
  const places = placesIn(source);
  const entries = new Map<Target, ReadonlyMap<string, Path>>();
  return ({ object }, target) => {
    const known =
      entries.get(target) ??
      new Map(target.objects.map(built => [identityOf(built.object), built.path]));
    entries.set(target, known);
    const path = known.get(identityOf(object));
    if (path === undefined) return undefined;
    const [fault] = inDocument([{ id: '', message: '', path }], spec, target.name);
    return fault && places(fault);
  };
}
