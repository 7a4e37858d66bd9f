import { basename } from 'node:path';
import type { Path, Place } from '../../ground/finding.ts';
import { type Host, textOf } from '../../ground/host.ts';
import { scalarText, valueAt } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { placesIn } from '../../ground/locate.ts';
import { oncePer, oncePerText } from '../../ground/once-per.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { BuiltUnit } from '../../make/built-unit.ts';
import { isNamedFile } from '../inside.ts';
import { isKustomization } from '../kustomization-files.ts';
import type { ManifestSource } from '../manifest-source.ts';
import type { ReadSpec } from '../read-spec.ts';
import type { ManifestSet } from '../sets/manifest-set.ts';
import { entryPaths, fieldInSpec } from './field-in-spec.ts';
import { kustomizationPlaces } from './kustomization-places.ts';
import { type FieldPlace, placesInFiles } from './places-in-files.ts';

/** From the entry of the spec that an object comes from to what in it made a field. */
export type Narrow = (entry: Path, unit: BuiltUnit, field: Path, object: KubeObject) => Path;

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
  const units = new Map<number, BuiltUnit | undefined>();
  for (const { context } of sets) for (const { number } of context) units.set(number, undefined);
  for (const { unit, sources: own } of sets) for (const { number } of own) units.set(number, unit);
  const all = new Set(sets.flatMap(({ sources, context }) => [...context, ...sources]));
  const sources = new Map([...all].map(source => [source.number, source]));
  const inFiles = placesInFiles(number => sources.get(number));
  const inKustomization = kustomizationPlaces(host);
  const inTemplate = templatePlaces(host);
  const inSpec = read && narrow && placesInSpec(read, narrow);
  return (object, path) => {
    const source = sources.get(object.file);
    if (source === undefined || !source.isBuilt) return inFiles(object, path);
    if (source.helm !== undefined) return inTemplate(source.file, object, path);
    const unit = units.get(source.number);
    const { file } = source;
    const place = unit === undefined ? undefined : inSpec?.(object, unit, path);
    const last = hasCharts(source) ? inTemplate : atTop;
    return place ?? inKustomization(file, object, path) ?? last(file, object, path);
  };
}

function hasCharts({ madeCharts }: ManifestSource): boolean {
  return madeCharts !== undefined && madeCharts.count > 0;
}

function atTop(file: string): Place {
  return { file, line: 1, column: 1 };
}

function narrowIn({ spec }: ReadSpec): Narrow {
  return (entry, { name: unit }, field, object) =>
    fieldInSpec(spec, { entry, unit, object, field });
}

/** The line of the spec's entry that an object comes from. */
function placesInSpec(
  { spec, source }: ReadSpec,
  narrow: Narrow,
): (object: PlacedObject, unit: BuiltUnit, field: Path) => Place | undefined {
  const places = placesIn(source);
  const entriesOf = oncePer((unit: BuiltUnit) => entryPaths(spec, unit));
  return ({ json }, unit, field) => {
    const path = entriesOf(unit)(json);
    return path && places({ path: narrow(path, unit, field, json) });
  };
}

/**
 * Places in templates of charts, which are no YAML: where the field's value stands word by word, or
 * its name, if that is on one line alone; else where an object of the kind begins. In a kustomization that
 * has charts made they are those of the charts.
 */
function templatePlaces(host: Host): (file: string, object: PlacedObject, path: Path) => Place {
  const linesOf = oncePerText((file: string): readonly string[] =>
    isNamedFile(file, host) ? textOf(file, host).split(/\r?\n/) : [],
  );
  return (file, object, path) => {
    const lines = linesOf(file);
    const value = valueAt(object.json, path);
    const isScalar = typeof value === 'string' || typeof value === 'number';
    const name = path.findLast(step => typeof step === 'string') ?? '';
    const words = isKustomization(basename(file))
      ? ['helmCharts:']
      : [`${name}:`, `kind: ${object.kind}`];
    const [place] = [...(isScalar ? [scalarText(value)] : []), ...words].flatMap(word =>
      placeOfWord(word, lines),
    );
    return { file, ...(place ?? { line: 1, column: 1 }) };
  };
}

function placeOfWord(word: string, lines: readonly string[]): Omit<Place, 'file'>[] {
  if (word.length < 2) return [];
  const found = lines.flatMap((line, index) => {
    const column = line.indexOf(word);
    return column < 0 ? [] : [{ line: index + 1, column: column + 1 }];
  });
  return found.length === 1 ? found : [];
}
