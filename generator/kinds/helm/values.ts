import type { Path } from '../../ground/finding.ts';
import { isMap, type Json, type JsonObject, mergedMaps, valueAt } from '../../ground/json.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import type { ObjectField, PlacedObject } from '../kind.ts';
import type { Release } from './release.ts';

/** Values from one place; those of a later layer win (docs/facts/helm.md#values). */
export interface Layer {
  readonly values: JsonObject;
  readonly placeOf: (path: Path) => ObjectField;
}

/** The values of a file that an object names; undefined: they cannot be read. */
export function fileLayer(file: PlacedObject | undefined): Layer | undefined {
  return (
    file && {
      values: file.json as unknown as JsonObject,
      placeOf: path => ({ object: file, path }),
    }
  );
}

/** More layers than these are nobody's; the last ones win anyway. */
const MOST_LAYERS = 200;

/** The values of all layers, and where each is written; some layers may not be known. */
export function mergedValues(
  layers: readonly (Layer | undefined)[],
): Pick<Release, 'values' | 'placeOf' | 'isPartly'> {
  const known = layers.filter(layer => layer !== undefined).slice(-MOST_LAYERS);
  return {
    values: known.reduce<JsonObject>((values, layer) => mergedMaps(values, layer.values), {}),
    placeOf: path => {
      const depths = known.map(({ values }) => depthOf(values, path));
      const layer = known[depths.lastIndexOf(Math.max(...depths))];
      if (layer === undefined) throw new Error('a release has no layer of values');
      return layer.placeOf(path);
    },
    isPartly: known.length < layers.length,
  };
}

/** How much of a path there is. */
function depthOf(values: JsonObject, path: Path): number {
  let depth = path.length;
  while (depth > 0 && valueAt(values, path.slice(0, depth)) === undefined) depth -= 1;
  return depth;
}

/** The values in a text of YAML; undefined: it holds none that can be read. */
export function parsedValues(text: string): JsonObject | undefined {
  const { value: documents } = parseStream(text);
  const [values, ...more] = documents ?? [];
  if (documents === undefined || more.length > 0) return undefined;
  return values === undefined || values === null ? {} : isMap(values) ? values : undefined;
}

/** No path of values has more steps. */
const DEEPEST = 50;

/** A value at a path of Helm's: dots part its steps, `\.` is a dot, `a[0]` an entry of a list. */
export function valuesAt(targetPath: string, value: Json): JsonObject {
  const steps = [...targetPath.matchAll(/(?:\\.|[^\\.])+/g)].map(([step]) =>
    step.replaceAll(/\\(.)/g, '$1'),
  );
  const [first, ...rest] = steps;
  const isPlain = steps.length <= DEEPEST && !steps.some(step => step.includes('['));
  if (first === undefined || !isPlain) return {};
  return { [first]: rest.reduceRight<Json>((inner, step) => ({ [step]: inner }), value) };
}
