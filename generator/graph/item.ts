import type { ObjectName, Path } from '../ground/finding.ts';
import { isMap, type JsonObject, mapAt, textAt } from '../ground/json.ts';
import type { KubeObject } from '../ground/kube-object.ts';
import { scalarText } from '../ground/scalar-text.ts';
import { isClusterKind } from '../make/objects/cluster-kinds.ts';

/** An object of the checked set, and where it stands. */
export interface Item {
  readonly object: KubeObject;
  readonly group: string;
  readonly kind: string;
  /** Empty for what belongs to the cluster, and where a namespace is missing. */
  readonly namespace: string;
  readonly name: string;
  /** The number of its file among those that are checked, and its place there. */
  readonly file: number;
  readonly path: Path;
}

/** An object as findings name it. */
export function objectName({ kind, namespace, name }: Item): ObjectName {
  return { kind, ...(namespace !== '' && { namespace }), name };
}

/** An object of the set. `namespace` is what objects without one are in, as kubectl has it. */
export function itemOf(object: KubeObject, file: number, path: Path, namespace: string): Item {
  const { apiVersion, kind } = object;
  const metadata: unknown = object.metadata;
  const { name, namespace: own } = isMap(metadata) ? metadata : {};
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.lastIndexOf('/')) : '';
  const home = isClusterKind(kind) ? '' : typeof own === 'string' ? own : namespace;
  return { object, group, kind, namespace: home, name: scalarText(name), file, path };
}

/** An object's `spec`, whatever it holds. */
export function specOf({ object }: Item): JsonObject {
  return mapAt(object, 'spec');
}

/** An annotation of an object, or undefined. */
export function annotationOf({ object }: Item, name: string): string | undefined {
  return textAt(object, 'metadata', 'annotations', name);
}
