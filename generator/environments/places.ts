import type { Path } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { isMap, isSame, listAt, mapsIn, textAt, valueAt } from '../core/json.ts';
import { asJson, identityOf, type KubeObject } from '../core/kube-object.ts';
import { oncePer, oncePerText } from '../core/once.ts';
import { patchPath } from '../kinds/merge-keys.ts';
import { entryPaths } from '../spec/merge.ts';
import { documentPath } from '../spec/parse.ts';
import { layerPaths } from '../spec/shared-clusters.ts';
import type { SpecObject } from '../spec/spec.ts';
import { documentIn } from '../spec/variables.ts';
import type { MadeUnit, ManifestSet } from '../world/object-set.ts';
import { type FieldPlace, placesOfSources } from '../world/places.ts';
import { placesIn } from '../yaml/places.ts';
import type { ReadSpec } from './read-spec.ts';

type Narrow = (made: MadeField) => Path | undefined;

type PlacedSet = Pick<ManifestSet, 'unit' | 'sources' | 'context'>;

/** Where a field of an object is written: at the line of the spec that the object comes from, else in its manifest. */
export function placesFor(
  sets: readonly PlacedSet[],
  host: Host,
  read?: ReadSpec,
  narrow: Narrow = () => undefined,
): FieldPlace {
  const sources = new Set(sets.flatMap(set => [...set.context, ...set.sources]));
  return placesOfSources(sources, host, read && placesInSpec(sets, read, narrow));
}

function placesInSpec(
  sets: readonly PlacedSet[],
  { spec, source }: ReadSpec,
  narrow: Narrow,
): FieldPlace {
  const units = new Map(
    sets.flatMap(({ unit, sources }) => sources.map(({ number }) => [number, unit] as const)),
  );
  const places = placesIn(source);
  const entryOf = oncePer((unit: MadeUnit) => entriesOf(spec, unit));
  return ({ json, file }, field) => {
    const unit = units.get(file);
    const entry = unit && entryOf(unit)(json);
    if (unit === undefined || entry === undefined) return undefined;
    const made = { entry, unit: unit.name, object: json, field };
    return places({ path: narrow(made) ?? fieldInSpec(spec, made) });
  };
}

export interface MadeField {
  readonly entry: Path;
  /** The environment, or the cluster that several share. */
  readonly unit: string;
  readonly object: KubeObject;
  readonly field: Path;
}

/** The path of an entry in each part of the spec, and then those of the entries that it extends. */
export function entryLayers(spec: SpecObject, { entry, unit }: Omit<MadeField, 'object'>): Path[] {
  const isLayered = entry[1] === 'environments' || entry[1] === 'clusters';
  return entryPaths(spec, unit, entry.slice(isLayered ? 3 : 1)).flatMap(path =>
    layerPaths(spec, unit).map(layer => [...layer, ...path]),
  );
}

/** In a `patch`, at the variable of that name, or at the field of that value, first in the environment; else the entry. */
function fieldInSpec(spec: SpecObject, made: MadeField): Path {
  const layers = entryLayers(spec, made);
  const filled = filledDocument(spec)(made.unit);
  const paths = [inPatch, atVariable, atValue].flatMap(find =>
    layers.map(layer => find(filled, layer, made)),
  );
  const path = paths.find(found => found !== undefined);
  if (path !== undefined) return path;
  // Without a patch no environment sets metadata, nor a field that the object does not have.
  const isOfBase = made.field[0] === 'metadata' || valueAt(made.object, made.field) === undefined;
  const base = layers[2];
  return isOfBase && base !== undefined && valueAt(spec, base) !== undefined ? base : made.entry;
}

/** The document with the values of an environment's variables: kept, as it is asked for with each finding. */
const filledDocument = oncePer((spec: SpecObject) =>
  oncePerText((unit: string) => documentIn(spec, unit)),
);

function inPatch(spec: SpecObject, way: Path, { object, field }: MadeField): Path | undefined {
  const path = [...way, 'patch', object.kind];
  const patch = valueAt(spec, path);
  if (!isMap(patch) || field.length === 0) return undefined;
  const found = patchPath(asJson(object), patch, field);
  return found.length === field.length ? [...path, ...found] : undefined;
}

function atVariable(spec: SpecObject, way: Path, { object, field }: MadeField): Path | undefined {
  const index = field.lastIndexOf('env') + 1;
  if (index === 0 || typeof field[index] !== 'number') return undefined;
  const name = textAt(object, ...field.slice(0, index + 1), 'name');
  if (name === undefined) return undefined;
  const path = [...way, 'env', name];
  return valueAt(spec, path) === undefined ? undefined : path;
}

/** The field of the entry that is named as one on the way to the object's field, and has its value: `storage: 50Gi`. */
function atValue(spec: SpecObject, way: Path, { object, field }: MadeField): Path | undefined {
  const value = valueAt(object, field);
  if (value === undefined) return undefined;
  const named = mapsIn(valueAt(spec, way), way).flatMap(({ map, path }) =>
    Object.keys(map).flatMap(name => (field.includes(name) ? [[...path, name]] : [])),
  );
  return named
    .flatMap(path => [path, ...listAt(spec, ...path).map((_, index) => [...path, index])])
    .find(path => isSame(valueAt(spec, path), value));
}

/** The entry of the spec that an object comes from; undefined for an object that a person wrote by hand. */
export function entriesOf(
  spec: SpecObject,
  { name, objects }: MadeUnit,
): (object: KubeObject) => Path | undefined {
  const entries = new Map(objects.map(({ object, path }) => [identityOf(object), path]));
  return object => {
    const path = entries.get(identityOf(object));
    return path && documentPath(spec, name, path);
  };
}
