import { basename } from 'node:path';
import type { Path, Place } from '../../ground/finding.ts';
import { type Host, textOf } from '../../ground/host.ts';
import { scalarText, valueAt } from '../../ground/json.ts';
import { oncePerText } from '../../ground/once-per.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { isNamedFile } from '../inside.ts';
import { isKustomization } from '../kustomization-files.ts';
import type { ManifestSource } from '../manifest-source.ts';
import type { ObjectSource } from '../sets/parse-source.ts';
import { kustomizationPlaces } from './kustomization-places.ts';
import { type FieldPlace, placesInFiles } from './places-in-files.ts';

/**
 * Where a field of an object stands for the reader: in the manifest or, of what kustomize made, in the
 * file that it took it from; where that is not known, at the kustomization. `inSpec` goes before the
 * kustomization: the line of the spec that the object comes from.
 */
export function placesOfSources(
  all: Iterable<ObjectSource>,
  host: Host,
  inSpec: FieldPlace = () => undefined,
): FieldPlace {
  const sources = new Map([...all].map(source => [source.number, source]));
  const inFiles = placesInFiles(number => sources.get(number));
  const inKustomization = kustomizationPlaces(host);
  const inTemplate = templatePlaces(host);
  return (object, path) => {
    const source = sources.get(object.file);
    if (source === undefined || !source.isBuilt) return inFiles(object, path);
    const { file } = source;
    if (source.helm !== undefined) return inTemplate(file, object, path);
    const last = hasCharts(source) ? inTemplate : atTop;
    return inSpec(object, path) ?? inKustomization(file, object, path) ?? last(file, object, path);
  };
}

function hasCharts({ madeCharts }: ManifestSource): boolean {
  return madeCharts !== undefined && madeCharts.count > 0;
}

function atTop(file: string): Place {
  return { file, line: 1, column: 1 };
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
