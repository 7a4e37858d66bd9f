import { isDeepStrictEqual } from 'node:util';
import { type BuiltObject, identityOf, type KubeObject } from '../objects/kube-object.ts';
import { scalarText } from '../source/scalar-text.ts';
import { isMap } from '../spec/merge-environment.ts';
import { annotationsOf } from './resource-list.ts';

/** What becomes of the items of a ResourceList when our objects join them. */
export interface Merge {
  /** Objects that no item is yet. */
  readonly added: readonly KubeObject[];
  /** Items, by index, that are ours but say something else: from an older spec, say. */
  readonly replaced: ReadonlyMap<number, KubeObject>;
}

/** Finds our objects among the items: a second run over its own output changes nothing. */
export function mergeItems(items: readonly unknown[], built: readonly BuiltObject[]): Merge {
  const objects = new Map(built.map(({ object }) => [identityOf(object), object]));
  const replaced = new Map<number, KubeObject>();
  items.forEach((item, index) => {
    const identity = isObject(item) ? identityOf(item) : '';
    const ours = objects.get(identity);
    objects.delete(identity);
    const object = ours === undefined ? undefined : inPlaceOf(item, ours);
    if (object !== undefined && !isSame(item, object)) replaced.set(index, object);
  });
  return { added: [...objects.values()], replaced };
}

function isObject(item: unknown): item is KubeObject {
  if (!isMap(item)) return false;
  const { apiVersion, kind, metadata } = item;
  return typeof apiVersion === 'string' && typeof kind === 'string' && isMap(metadata);
}

/** An item's marks of its caller, which a function never changes: its file, its place in it. */
const CALLERS_MARK =
  /^internal\.config\.kubernetes\.io\/|^config\.(k8s|kubernetes)\.io\/(id|index|path)$/;

/** Our object with the marks that its caller has put on the item in whose place it comes. */
function inPlaceOf(item: unknown, object: KubeObject): KubeObject {
  const marks = Object.entries(annotationsOf(item)).filter(([key]) => CALLERS_MARK.test(key));
  if (marks.length === 0) return object;
  const annotations = {
    ...object.metadata.annotations,
    ...Object.fromEntries(marks.map(([key, value]) => [key, scalarText(value)])),
  };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function isSame(item: unknown, object: KubeObject): boolean {
  return isDeepStrictEqual(item, JSON.parse(JSON.stringify(object)));
}
