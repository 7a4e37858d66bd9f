import type { Path } from '../ground/finding.ts';
import { isMap, scalarText } from '../ground/json.ts';
import type { KubeObject } from '../ground/kube-object.ts';
import type { Find, ObjectField, PlacedObject } from './kind.ts';
import { kindOf } from './kinds.ts';

/** An object of the set. `namespace` is what objects without one are in, as kubectl has it. */
export function placedObject(
  object: KubeObject,
  file: number,
  path: Path,
  namespace: string,
): PlacedObject {
  const { apiVersion, kind } = object;
  const metadata: unknown = object.metadata;
  const { name, namespace: own } = isMap(metadata) ? metadata : {};
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.lastIndexOf('/')) : '';
  const known = kindOf(group, kind);
  const home = known?.isOfCluster === true ? '' : typeof own === 'string' ? own : namespace;
  return { json: object, group, kind, known, namespace: home, name: scalarText(name), file, path };
}

/** The objects that others stand for; none brings another. */
export function broughtBy(objects: readonly PlacedObject[], find: Find): PlacedObject[] {
  return objects.flatMap(by =>
    (by.known?.brings?.(by, find) ?? []).map(({ object, placeOf }) => ({
      ...placedObject(object, by.file, by.path, by.namespace),
      written: { by, placeOf },
    })),
  );
}

/** What stands in a manifest: the object itself, or the one that brings it. */
export function writtenObject(object: PlacedObject): PlacedObject {
  return object.written?.by ?? object;
}

/** Where a field of an object is written. */
export function writtenAt(object: PlacedObject, path: Path): ObjectField {
  return object.written?.placeOf(path) ?? { object, path };
}
