import type { Path } from './finding.ts';
import { isMap, scalarText, textAt } from './json.ts';
import type { KubeObject } from './kube-object.ts';

/** An object in a stream of manifests, and where it stands there. */
export interface Manifest {
  readonly object: KubeObject;
  readonly path: Path;
}

/** The objects of a stream of documents; a List's items one by one, empty documents not at all. */
export function manifestsOf(documents: readonly unknown[]): Manifest[] {
  return documents.flatMap((document, index) => manifestsIn(document, [index]));
}

function manifestsIn(value: unknown, path: Path): Manifest[] {
  const items = listItems(value);
  if (items !== undefined) {
    return items.flatMap((item, index) => manifestsIn(item, [...path, 'items', index]));
  }
  return isObject(value) ? [{ object: value, path }] : [];
}

/** The items of a List, of which Go writes `null` when there are none; undefined: it is no List. */
export function listItems(value: unknown): readonly unknown[] | undefined {
  if (!isMap(value) || !scalarText(value['kind']).endsWith('List')) return undefined;
  const items = value['items'];
  if (items === null) return [];
  return Array.isArray(items) ? items : undefined;
}

function isObject(value: unknown): value is KubeObject {
  return textAt(value, 'apiVersion') !== undefined && textAt(value, 'kind') !== undefined;
}
