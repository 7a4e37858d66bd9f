import type { Path } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { isMap, valueAt } from '../core/json.ts';
import { asJson, identityOf, type KubeObject } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { patchPath } from '../spec/objects/patches.ts';
import { documentPath } from '../spec/parse.ts';
import type { SpecObject } from '../spec/spec.ts';
import type { MadeUnit, ManifestSet } from '../world/object-set.ts';
import { type FieldPlace, placesOfSources } from '../world/places.ts';
import { placesIn } from '../yaml/places.ts';
import type { ReadSpec } from './read-spec.ts';

/** From the entry of the spec that an object comes from to the part of it that made a field. */
type Narrow = (entry: Path, unit: MadeUnit, field: Path, object: KubeObject) => Path;

/** Where a field of an object is written: at the line of the spec that the object comes from, else in its manifest. */
export function placesFor(
  sets: readonly ManifestSet[],
  host: Host,
  read?: ReadSpec,
  narrow: Narrow = (entry, { name: unit }, field, object) =>
    read === undefined ? entry : fieldInSpec(read.spec, { entry, unit, object, field }),
): FieldPlace {
  const sources = new Set(sets.flatMap(set => [...set.context, ...set.sources]));
  return placesOfSources(sources, host, read && placesInSpec(sets, read, narrow));
}

/** Lines of the spec, for the objects that it makes. */
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

/** A field of an object, and the entry of the spec that the object comes from. */
interface MadeField {
  readonly entry: Path;
  /** The environment, or the cluster that several share. */
  readonly unit: string;
  readonly object: KubeObject;
  readonly field: Path;
}

/**
 * The path in the spec that sets a field of an object: in a `patch` of its entry, or at the variable of
 * that name, those of the environment first. Else it is the entry itself; or the entry of the base where
 * the environment cannot have set the field.
 */
function fieldInSpec(spec: SpecObject, made: MadeField): Path {
  const { entry, unit } = made;
  const inSpec = entry[1] === 'environments' ? entry.slice(3) : entry.slice(1);
  const ways = [['spec', 'environments', unit], ['spec']].map(way => [...way, ...inSpec]);
  const paths = [inPatch, atVariable].flatMap(find => ways.map(way => find(spec, way, made)));
  const path = paths.find(found => found !== undefined);
  if (path !== undefined) return path;
  // Without a patch no environment sets metadata, nor a field that the object does not have.
  const isOfBase = made.field[0] === 'metadata' || valueAt(made.object, made.field) === undefined;
  const base = ['spec', ...inSpec];
  return isOfBase && valueAt(spec, base) !== undefined ? base : entry;
}

/** A patch that holds the whole field. */
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
  const name = valueAt(object, [...field.slice(0, index + 1), 'name']);
  if (typeof name !== 'string') return undefined;
  const path = [...way, 'env', name];
  return valueAt(spec, path) === undefined ? undefined : path;
}

/** The entry of the spec that an object comes from; undefined for an object that a person wrote by hand. */
export function entryPaths(
  spec: SpecObject,
  { name, objects }: MadeUnit,
): (object: KubeObject) => Path | undefined {
  const entries = new Map(objects.map(({ object, path }) => [identityOf(object), path]));
  return object => {
    const path = entries.get(identityOf(object));
    return path && documentPath(spec, name, path);
  };
}
