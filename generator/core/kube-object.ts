import { createHash } from 'node:crypto';
import type { Path } from './finding.ts';
import { isMap, type Json, type JsonObject, mapAt, scalarText } from './json.ts';

/** A Kubernetes object in memory. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An object with the entry of the spec it comes from. */
export interface BuiltObject {
  readonly object: KubeObject;
  /** The entry, from inside `spec`. */
  readonly path: Path;
  /** Objects that must be there and ready before it, as `refOf` writes them. */
  readonly needs: readonly string[];
  /** The patch of its kind, from inside `spec`, and whether the object was the same before. */
  readonly patch?: { readonly path: Path; readonly isIdle: boolean };
}

/** How objects of one environment name each other: kind and name. */
export function refOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.name}`;
}

/** Group, kind, namespace and name: two objects with the same identity are one in a cluster. */
export function identityOf(object: KubeObject): string {
  const { kind, metadata } = object;
  return `${groupOf(object)}/${kind}/${scalarText(metadata?.namespace)}/${nameOf(object)}`;
}

/** The API group of an object; that of Kubernetes' core is empty. */
export function groupOf({ apiVersion }: KubeObject): string {
  return groupIn(apiVersion);
}

/** The API group that an apiVersion names; that of Kubernetes' core is empty. */
export function groupIn(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '';
}

/** An object's name; manifests of strangers may have none. */
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

/** What stands under `metadata` of anything, object or not. */
export function metadataOf(object: unknown): Readonly<Record<string, unknown>> {
  return mapUnder(object, 'metadata');
}

/** The annotations of anything, object or not. */
export function annotationsOf(object: unknown): Readonly<Record<string, unknown>> {
  return mapUnder(metadataOf(object), 'annotations');
}

/** The labels of anything, object or not. */
export function labelsOf(object: unknown): Readonly<Record<string, unknown>> {
  return mapUnder(metadataOf(object), 'labels');
}

function mapUnder(value: unknown, field: string): Readonly<Record<string, unknown>> {
  const map = isMap(value) && Object.hasOwn(value, field) ? value[field] : undefined;
  return isMap(map) ? map : {};
}

/**
 * ` in namespace "shop"`; nothing for objects that name none, as manifests often leave it to Flux's
 * `targetNamespace`, Argo CD's destination or a kustomization.
 */
export function inNamespace(namespace: string): string {
  return namespace === '' ? '' : ` in namespace "${namespace}"`;
}

/** Whose objects a hint lists: `Secrets of "shop"`. */
export function ofNamespace(namespace: string): string {
  return `of ${namespace === '' ? 'objects without a namespace' : `"${namespace}"`}`;
}

/** Where another object of the name is: `in namespace "shop"`, or `without a namespace`. */
export function inNamespaceOrNone(namespace: string): string {
  return namespace === '' ? 'without a namespace' : `in namespace "${namespace}"`;
}

/** What to do where another object of the name is, in a namespace or in none; undefined: both say theirs. */
export function strayHint(own: string, other: string): string | undefined {
  if (own !== '' && other !== '') return undefined;
  const [what, where] = other === '' ? [own, 'there'] : [other, 'here'];
  return `There is one ${inNamespaceOrNone(other)}: write namespace: ${what} ${where}, or check it with the --namespace that it is applied with.`;
}

/**
 * A text in lower-case letters, digits and dashes, which are not at its ends, as the names of objects
 * have to be: `Shop API` is `shop-api`. Empty where nothing of it is left.
 */
export function plainName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** The start of a plain name that is no longer than this. */
export function cutName(name: string, length: number): string {
  return name.slice(0, length).replace(/-$/, '');
}

/** What keeps names apart that are cut: the same for the same text. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/**
 * Whether a text still holds what another tool fills in: Flux's and the shell's `${VAR}`, Helm's
 * `{{ }}`, Argo CD's vault plugin's `<path:…>`. Nothing can be said about such a text.
 */
export function isUnresolved(text: string): boolean {
  return /\$\{|\{\{|^<.*>$/.test(text);
}

/** Where kubectl keeps what it applied last, whole. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The fields of an object's metadata that the API server alone writes: nobody wants them
 * (https://kubernetes.io/docs/reference/kubernetes-api/definitions/object-meta-v1-meta/).
 */
const OBSERVED = new Set([
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/** Whether a field of an object's metadata is written by the API server alone. */
export function isObserved(field: string): boolean {
  return OBSERVED.has(field);
}

/** Whether an object was read from a cluster: kubectl writes `creationTimestamp: null` by itself. */
export function isFromCluster(object: unknown): boolean {
  return Object.entries(mapAt(object, 'metadata')).some(
    ([field, value]) => isObserved(field) && value !== null,
  );
}
