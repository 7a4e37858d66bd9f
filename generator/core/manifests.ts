import type { Fault, Path } from './finding.ts';
import { isMap, scalarText, textAt } from './json.ts';
import { type KubeObject, nameOf } from './kube-object.ts';
import { checkSchema, type Validators } from './schema.ts';

/** An object in a stream of manifests, and where it stands there. */
export interface Manifest {
  readonly object: KubeObject;
  readonly path: Path;
}

/** A fault of an object in a stream. */
export interface FaultOfObject extends Fault {
  readonly object: KubeObject;
  /** The path in the object; `path` begins with the document's number in the stream. */
  readonly inObject: Path;
}

/** What comes of holding manifests against their schemas. */
interface Validation {
  readonly faults: readonly FaultOfObject[];
  /** Objects of kinds that have no schema. */
  readonly unjudged: readonly KubeObject[];
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

/** Holds each object against the schema of its kind. */
export function validateManifests(
  manifests: readonly Manifest[],
  validators: Validators,
): Validation {
  const unjudged = manifests
    .map(({ object }) => object)
    .filter(({ apiVersion, kind }) => validators(apiVersion, kind) === undefined);
  const faults = manifests.flatMap(({ object, path }) =>
    checkSchema(object, validators).map(fault => ({
      ...fault,
      object,
      inObject: fault.path,
      path: [...path, ...fault.path],
      message: `${[object.kind, nameOf(object)].join(' ').trimEnd()}: ${fault.message}`,
    })),
  );
  return { faults, unjudged };
}
