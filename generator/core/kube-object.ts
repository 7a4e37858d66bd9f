import { createHash } from 'node:crypto';
import type { Path } from './finding.ts';
import { isMap, type Json, type JsonObject, mapAt, scalarText, textAt } from './json.ts';

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** An object that a spec makes, with the path of the spec's entry that it comes from. */
export interface BuiltObject {
  readonly object: KubeObject;
  readonly path: Path;
  /** Objects that must be there and ready before it, as `refOf` writes them. */
  readonly needs: readonly string[];
  /** The entry of `patch` in the spec that changed it; `isIdle`: it changed nothing. */
  readonly patch?: { readonly path: Path; readonly isIdle: boolean };
  /** kustomize adds a hash of its contents to its name, and to that name in pods (docs/facts/kustomize.md#hashes). */
  readonly isHashed?: boolean;
}

/** Labels or annotations of several layers; null takes away what an earlier one has. */
export function mergedMarks(...layers: readonly (Marks | undefined)[]): Record<string, string> {
  const merged: Marks = Object.assign({}, ...layers);
  return Object.fromEntries(
    Object.entries(merged).filter((mark): mark is [string, string] => mark[1] !== null),
  );
}

type Marks = Readonly<Record<string, string | null>>;

/** How objects of one environment name each other: kind and name. */
export function refOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.name}`;
}

/** Group, kind, namespace and name: a cluster has one object of each identity. */
export function identityOf(object: KubeObject): string {
  const { kind, metadata } = object;
  return `${groupOf(object)}/${kind}/${scalarText(metadata?.namespace)}/${nameOf(object)}`;
}

export function groupOf({ apiVersion }: KubeObject): string {
  return groupIn(apiVersion);
}

/** The API group that an apiVersion names; that of Kubernetes' core is empty. */
export function groupIn(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '';
}

/** An object's name; empty for a manifest without one. */
export function nameOf({ metadata }: KubeObject): string {
  return scalarText(metadata?.name);
}

/** An object's fields as plain JSON, for code that walks any kind. */
export function asJson(object: KubeObject): JsonObject {
  return object as unknown as JsonObject;
}

/** An entry that is left out when its value is undefined. */
export function optional<T extends Json | undefined>(
  name: string,
  value: T,
): Record<string, NonNullable<T>> {
  return value === undefined || value === null ? {} : { [name]: value };
}

/** A list or map as a field, unless there is nothing in it. */
export function unlessEmpty<T extends readonly Json[] | JsonObject>(
  name: string,
  value: T,
): Record<string, T> {
  return Object.keys(value).length === 0 ? {} : { [name]: value };
}

/** Labels and annotations as fields, each unless there are none; a mark that is null is none. */
export function markFields(labels: Marks = {}, annotations: Marks = {}): JsonObject {
  return {
    ...unlessEmpty('labels', mergedMarks(labels)),
    ...unlessEmpty('annotations', mergedMarks(annotations)),
  };
}

/** The metadata of anything, object or not. */
export function metadataOf(object: unknown): Readonly<Record<string, unknown>> {
  return mapAt(object, 'metadata');
}

/** The annotations of anything, object or not. */
export function annotationsOf(object: unknown): Readonly<Record<string, unknown>> {
  return mapAt(object, 'metadata', 'annotations');
}

/** ` in namespace "shop"`; nothing for objects that name none: it may come from Flux, Argo CD or a kustomization. */
export function inNamespace(namespace: string): string {
  return namespace === '' ? '' : ` in namespace "${namespace}"`;
}

/** Whose objects a hint lists: `Secrets of "shop"`. */
export function ofNamespace(namespace: string): string {
  return `of ${namespace === '' ? 'objects without a namespace' : `"${namespace}"`}`;
}

/** Where an object is: `in namespace "shop"`, or `without a namespace`. */
export function inNamespaceOrNone(namespace: string): string {
  return namespace === '' ? 'without a namespace' : `in namespace "${namespace}"`;
}

/** A hint: the object of this name is in `existing`, not in `home`. `otherwise` ends it if both are namespaces. */
export function strayHint(home: string, existing: string, otherwise: string): string {
  const there = `There is one ${inNamespaceOrNone(existing)}`;
  if (home !== '' && existing !== '') return `${there}${otherwise}`;
  const [what, where] = existing === '' ? [home, 'there'] : [existing, 'here'];
  return `${there}: write namespace: ${what} ${where}, or check it with the --namespace that it is applied with.`;
}

/** A text as names of objects are, in lower case with dashes: `Shop API` is `shop-api`. It can be empty. */
export function plainName(text: string): string {
  const dashed = text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return dashed.replaceAll(/^-|-$/g, '');
}

/** The start of a plain name that is no longer than this. */
export function cutName(name: string, length: number): string {
  return name.slice(0, length).replace(/-$/, '');
}

/** Eight hexadecimal digits that keep names apart which are cut. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** Whether a text has a placeholder that another tool fills in: `${VAR}`, Helm's `{{ }}`, `<path:…>` of Argo CD's vault plugin. */
export function isUnresolved(text: string): boolean {
  return /\$\{|\{\{|^<.*>$/.test(text);
}

/** The annotation in which kubectl keeps the whole object that it applied last. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Whether only the API server writes a field (https://kubernetes.io/docs/reference/kubernetes-api/definitions/object-meta-v1-meta/). */
export function isObserved(field: string): boolean {
  return /^(creationTimestamp|generation|managedFields|resourceVersion|selfLink|uid)$/.test(field);
}

/** Whether an object was read from a cluster: kubectl writes `creationTimestamp: null` by itself. */
export function isFromCluster(object: unknown): boolean {
  const fields = Object.entries(metadataOf(object));
  return fields.some(([field, value]) => isObserved(field) && value !== null);
}

/** An object in a stream of manifests, and its path there: the index of its document first. */
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
  if (items !== undefined)
    return items.flatMap((item, index) => manifestsIn(item, [...path, 'items', index]));
  return isObject(value) ? [{ object: value, path }] : [];
}

/** The items of a List, of which Go writes `null` when there are none; undefined: it is no List. */
export function listItems(value: unknown): readonly unknown[] | undefined {
  if (!isMap(value) || !scalarText(value['kind']).endsWith('List')) return undefined;
  const items = value['items'];
  if (items === null) return [];
  return Array.isArray(items) ? items : undefined;
}

/** Whether a value says which kind of object it is. */
export function isObject(value: unknown): value is KubeObject {
  return textAt(value, 'apiVersion') !== undefined && textAt(value, 'kind') !== undefined;
}
