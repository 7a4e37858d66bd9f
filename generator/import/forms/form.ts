import { fieldsWhere, type Json, type JsonObject, mapAt, without } from '../../core/json.ts';
import { SYNC_WAVE } from '../../kinds/argocd/sync-order.ts';
import { job } from '../../kinds/batch.ts';
import type { Kind, PlacedObject } from '../../kinds/kind.ts';
import { generatedLabels } from '../../spec/objects/applied-units.ts';
import { deployerAnnotations } from '../../spec/objects/sync.ts';
import { RECREATED } from '../../spec/objects/workloads.ts';
import type { DeployerSpecs, Omission } from '../../spec/spec.ts';
import type { Original } from '../originals.ts';

/** An entry without fields that are undefined or empty. */
export function withoutEmpty(entry: Readonly<Record<string, Json | undefined>>): JsonObject {
  const isFull = (value: Json | undefined): boolean =>
    typeof value !== 'object' || value === null || Object.keys(value).length > 0;
  return fieldsWhere(entry, (_, value) => value !== undefined && isFull(value)) as JsonObject;
}

/** The value unless it is the default. */
export function unless<T extends Json>(value: T | undefined, usual: Json): T | undefined {
  return value === usual ? undefined : value;
}

/** Whether a map has no fields but these. */
export function hasOnly(map: JsonObject, ...fields: readonly string[]): boolean {
  return Object.keys(map).every(name => fields.includes(name));
}

/** A section of the spec whose entries are short forms. */
export type Section = 'configMaps' | 'databases' | 'secrets' | 'stores' | 'workloads';

/** One way to write objects in the spec: an entry that makes them, if need be with a patch. */
export interface Alternative {
  readonly way: string;
  readonly entry: JsonObject;
  /** The objects that the entry makes, first the one that it is written for. */
  readonly covers: readonly PlacedObject[];
}

/** Finds the entry that makes an object: the inverse of a builder. */
export interface Form {
  readonly section: Section;
  readonly kinds: readonly Kind[];
  /** The ways to write an object, the shortest first; a text says why it has no short form. */
  readonly ways: (object: PlacedObject, context: FormContext) => readonly Alternative[] | string;
  /** The name of the entry; absent: that of the object. */
  readonly nameOf?: (object: PlacedObject) => string;
}

/** The name and the omissions of a spec: both decide which labels and waves every object gets. */
export interface SpecDefaults {
  readonly name: string;
  readonly omit: readonly Omission[];
  /** The name of an object's entry under `resources`, the same in all environments. */
  readonly resourceName: (object: PlacedObject, original: Original) => string;
}

/** What a form may read beside the object. */
export interface FormContext extends SpecDefaults {
  readonly original: Original;
  readonly marks: SpecMarks;
  readonly deployers: DeployerSpecs;
  /** The entries that were written before, by name. */
  readonly databases: ReadonlyMap<string, JsonObject>;
  readonly stores: ReadonlyMap<string, JsonObject>;
  readonly workloads: ReadonlyMap<string, JsonObject>;
}

/** Labels and annotations that a spec says once for all its objects. */
export interface SpecMarks {
  readonly labels: JsonObject;
  readonly annotations: JsonObject;
  /** They are labels of the pods' selectors too. */
  readonly commonLabels: JsonObject;
}

/** The labels and annotations of an object, without those that expand works out; null removes one that all have. */
export function marksOf(
  { json, knownKind }: PlacedObject,
  { omit, name, deployers, marks }: FormContext,
): { readonly labels: JsonObject; readonly annotations: JsonObject } {
  const { labels, annotations } = mapAt(json, 'metadata');
  const made = {
    ...(knownKind === job && !omit.includes('syncWaves') && RECREATED),
    ...deployerAnnotations(json, deployers),
  };
  const { [SYNC_WAVE]: wave, ...unordered } = without(made, mapAt(annotations));
  const isOwn = wave !== undefined && omit.includes('syncWaves');
  const others = isOwn ? { ...unordered, [SYNC_WAVE]: wave } : unordered;
  const generated = omit.includes('labels') ? {} : generatedLabels(name);
  return {
    labels: beyond(without(generated, mapAt(labels)), { ...marks.labels, ...marks.commonLabels }),
    annotations: beyond(others, marks.annotations),
  };
}

/** The fields of a map that differ from `others`, with null for those that it lacks. */
export function beyond(map: JsonObject, others: JsonObject): JsonObject {
  const missing = Object.keys(others).filter(name => !Object.hasOwn(map, name));
  return { ...without(others, map), ...Object.fromEntries(missing.map(name => [name, null])) };
}
