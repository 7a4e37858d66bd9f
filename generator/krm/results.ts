import type { Finding, ObjectName, Place } from '../core/finding.ts';
import { fieldsWhere, isMap, isSame, mapAt, mapValues, scalarText, textAt } from '../core/json.ts';
import type { BuiltObject, KubeObject } from '../core/kube-object.ts';
import { annotationsOf, identityOf, listItems, metadataOf, nameOf } from '../core/kube-object.ts';
import { SYNC_OPTIONS } from '../kinds/argocd/application.ts';
import { KRM, LOCAL_CONFIG, NEEDS_HASH } from '../kinds/krm.ts';
import { locate } from '../yaml/places.ts';

/** What becomes of the items of a ResourceList when our objects join them. */
export interface Merge {
  /** Objects that no item is yet. */
  readonly added: readonly KubeObject[];
  /** Items, by index, that are ours but differ, as when the spec was another one. */
  readonly replaced: ReadonlyMap<number, KubeObject>;
}

/** Finds our objects among the items: a second run over its own output changes nothing. */
export function mergeItems(items: readonly unknown[], built: readonly BuiltObject[]): Merge {
  const objects = new Map(built.map(entry => [identityOf(entry.object), withHashMark(entry)]));
  const replaced = new Map<number, KubeObject>();
  for (const [index, item] of items.entries()) {
    const identity = isObject(item) ? identityOf(item) : '';
    const ours = objects.get(identity);
    if (ours === undefined) continue;
    objects.delete(identity);
    const object = inPlaceOf(item, ours);
    if (!isSame(item, JSON.parse(JSON.stringify(object)))) replaced.set(index, object);
  }
  return { added: [...objects.values()], replaced };
}

function withHashMark({ object, isHashed }: BuiltObject): KubeObject {
  if (isHashed !== true) return object;
  const annotations = { ...object.metadata.annotations, [NEEDS_HASH]: 'true' };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Annotations of the caller that a function never changes: the item's file, and its place in that. */
const CALLERS_MARK =
  /^internal\.config\.kubernetes\.io\/|^config\.(k8s|kubernetes)\.io\/(id|index|path)$/;

/** All other annotations of kustomize are about the replaced item, such as where it came from. */
const KUSTOMIZE = /^([a-z.]+\.)?config\.(k8s|kubernetes)\.io\//;

/** Our object with the caller's marks, and with labels and annotations of the item that others have set. */
function inPlaceOf(item: unknown, object: KubeObject): KubeObject {
  const { labels = {}, annotations = {} } = object.metadata;
  const isForeign = (key: string): boolean =>
    !Object.hasOwn(annotations, key) && key !== SYNC_OPTIONS && !KUSTOMIZE.test(key);
  const ours = {
    labels: {
      ...kept(mapAt(item, 'metadata', 'labels'), key => !Object.hasOwn(labels, key)),
      ...labels,
    },
    annotations: {
      ...annotations,
      ...kept(annotationsOf(item), key => CALLERS_MARK.test(key) || isForeign(key)),
    },
  };
  const filled = fieldsWhere(ours, (_, map) => Object.keys(map).length > 0);
  return { ...object, metadata: { ...object.metadata, ...filled } };
}

/** Labels and annotations are text in Kubernetes, whatever was written. */
function kept(entries: Readonly<Record<string, unknown>>, isKept: (key: string) => boolean) {
  return mapValues(fieldsWhere(entries, isKept), scalarText);
}

export interface Result {
  readonly message: string;
  readonly severity: Finding['severity'];
  readonly resourceRef?: ObjectName & { readonly apiVersion: string };
  /** Only together with a resourceRef. */
  readonly field?: { readonly path: string };
  readonly file?: { readonly path: string; readonly index?: number };
  readonly tags: Readonly<Record<string, string>>;
}

export type ItemFinding = { readonly finding: Finding; readonly result: Result };

/** What is wrong with items whatever their kind. The message names the index: the item may have no name. */
export function foundInItems(items: readonly unknown[]): ItemFinding[] {
  const firstOf = new Map<string, number>();
  return items.flatMap((item, index) => {
    const fault = itemFault(item, index, firstOf);
    const faults = fault === undefined ? [] : [{ ...fault, path: ['items', index] }];
    return locate(faults, undefined).map(finding => {
      const message = `${finding.field}: ${finding.message}`;
      return { finding, result: resultOf({ ...finding, message, field: '' }, item) };
    });
  });
}

/** A finding about an object as a result; its line is a tag, as the file of a result has no lines. */
export function resultOf(finding: Finding, object: unknown): Result {
  const { message, severity, field, hint, rule, at } = finding;
  const resourceRef = refOf(object);
  const file = fileOf(object, at);
  return {
    message: hint === undefined ? message : `${message}. ${hint}`,
    severity,
    ...(resourceRef !== undefined && { resourceRef }),
    ...(resourceRef !== undefined && field !== '' && { field: { path: field } }),
    ...(file !== undefined && { file }),
    tags: { rule, ...(at !== undefined && { line: String(at.line), column: String(at.column) }) },
  };
}

function refOf(object: unknown) {
  const [apiVersion, kind] = ['apiVersion', 'kind'].map(field => textAt(object, field));
  const [name, namespace] = ['name', 'namespace'].map(field => textAt(metadataOf(object), field));
  if (apiVersion === undefined || kind === undefined || name === undefined) return undefined;
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}

/** The file that the finding stands in, or else the one that the caller read the object from. */
function fileOf(object: unknown, at: Place | undefined) {
  const path = markOf(object, 'path');
  if (at !== undefined && at.file !== path) return { path: at.file };
  if (path === undefined) return undefined;
  const index = Number(markOf(object, 'index') ?? Number.NaN);
  return { path, ...(Number.isSafeInteger(index) && index >= 0 && { index }) };
}

/** The mark of the caller on an object, under its name of today or the older one. */
export function markOf(object: unknown, name: 'index' | 'path'): string | undefined {
  const annotations = annotationsOf(object);
  const marks = [`internal.${KRM}/${name}`, `${KRM}/${name}`].map(key =>
    scalarText(annotations[key]),
  );
  return marks.find(mark => mark !== '');
}

export interface MergedResults {
  /** Ours, which come first, and those of other functions. */
  readonly all: readonly unknown[];
  /** What comes before the members that are there; undefined: ours of an earlier run differ, and go. */
  readonly added: readonly unknown[] | undefined;
}

/** Adds our results to the others. Those of an earlier run, known by a tag, are replaced: a second run changes nothing. */
export function mergeResults(
  results: readonly unknown[],
  found: readonly Result[],
  functionConfig: unknown,
): MergedResults {
  const { namespace, name } = metadataOf(functionConfig);
  const { kind } = mapAt(functionConfig);
  const parts = ['rem-secrets', ...[kind, namespace, name].map(scalarText)];
  const maker = parts.filter(part => part !== '').join('/');
  const ours = found.map(result => ({ ...result, tags: { ...result.tags, [TAG]: maker } }));
  const isOurs = (result: unknown): boolean => textAt(result, 'tags', TAG) === maker;
  const before = results.filter(isOurs);
  const others = results.filter(result => !isOurs(result));
  if (before.length > 0 && isSame(before, ours)) return { all: results, added: [] };
  return { all: [...ours, ...others], added: before.length > 0 ? undefined : ours };
}

const TAG = 'function';

/** Reports an item that is no object, or that is the same object as an earlier item. */
function itemFault(item: unknown, index: number, firstOf: Map<string, number>) {
  const lack = lackOf(item);
  if (lack !== undefined) {
    const hint = 'Each item needs apiVersion, kind and metadata.name.';
    return { id: 'no-object', message: `the item is no Kubernetes object: ${lack}`, hint };
  }
  // Settings of functions and packages are no objects of a cluster: each folder may have its own.
  const isSetting = annotationsOf(item)[LOCAL_CONFIG] === 'true';
  if (!isObject(item) || nameOf(item) === '' || isSetting) return undefined;
  const identity = identityOf(item);
  const first = firstOf.get(identity);
  firstOf.set(identity, first ?? index);
  if (first === undefined) return undefined;
  const { namespace } = metadataOf(item);
  const name = [scalarText(namespace), nameOf(item)].filter(part => part !== '').join('/');
  return {
    id: 'duplicate-item',
    message: `the item is ${item.kind} ${name} again, which items[${first}] is already`,
    hint: 'Keep one of them: in a cluster they are one object.',
  };
}

/** Whether two objects have one kind and name: kustomize may have changed all else. */
export function isSameObject(document: unknown, object: unknown): boolean {
  return (
    isMap(document) &&
    isMap(object) &&
    document['kind'] === object['kind'] &&
    metadataOf(document)['name'] === metadataOf(object)['name']
  );
}

/** Whether an item has all that makes it an object, or a List of objects. */
export function isWholeItem(item: unknown): boolean {
  return lackOf(item) === undefined;
}

/** Whether an item is an object; a List is none. */
export function isObject(item: unknown): item is KubeObject {
  return isWholeItem(item) && listItems(item) === undefined;
}

/** What an item lacks to be an object of Kubernetes. The API server makes a name of `generateName`. */
function lackOf(item: unknown): string | undefined {
  if (!isMap(item)) return `it is ${wordFor(item)}`;
  const { name, generateName } = metadataOf(item);
  const isNamed = [name, generateName].some(text => scalarText(text) !== '');
  const isList = listItems(item) !== undefined;
  const lacks = [
    ...['apiVersion', 'kind'].filter(field => !textAt(item, field)),
    ...(isNamed || isList ? [] : ['metadata.name']),
  ];
  return lacks.length === 0 ? undefined : `it has no ${lacks.join(' and no ')}`;
}

function wordFor(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
