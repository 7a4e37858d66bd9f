import { isClusterKind } from '../objects/cluster-kinds.ts';
import type { KubeObject } from '../objects/kube-object.ts';
import type { ObjectName, Path } from '../source/finding.ts';
import { scalarText } from '../source/scalar-text.ts';
import { isMap } from '../spec/merge-environment.ts';
import type { Json, JsonObject } from '../spec/spec.ts';

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

/** The map under a field, or an empty one: manifests of strangers may hold anything. */
export function mapAt(value: unknown, ...fields: readonly string[]): JsonObject {
  const map = valueUnder(value, fields);
  return isMap(map) ? map : {};
}

/** The list under a field, or an empty one. */
export function listAt(value: unknown, ...fields: readonly string[]): readonly Json[] {
  const list = valueUnder(value, fields);
  return Array.isArray(list) ? list : [];
}

/** The text under a field, or undefined. */
export function textAt(value: unknown, ...fields: readonly string[]): string | undefined {
  const text = valueUnder(value, fields);
  return typeof text === 'string' ? text : undefined;
}

/** Asked for more often than anything else: a loop by numbers makes no iterator. */
function valueUnder(value: unknown, fields: readonly string[]): unknown {
  let found = value;
  for (let depth = 0; depth < fields.length; depth += 1) {
    const field = fields[depth] as string;
    found = isMap(found) && Object.hasOwn(found, field) ? found[field] : undefined;
  }
  return found;
}

/** An annotation of an object, or undefined. */
export function annotationOf({ object }: Item, name: string): string | undefined {
  return textAt(object, 'metadata', 'annotations', name);
}
