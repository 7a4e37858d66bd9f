import type { Path } from '../../core/finding.ts';
import { isMap, type Json, type JsonObject, textAt } from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { filledText } from '../../core/template/value.ts';
import type { ChartPlace, LocalChart } from '../facets.ts';
import {
  annotationOf,
  type Brought,
  type LocalRelease,
  type ObjectField,
  type PlacedObject,
} from '../kind.ts';

/** A chart with its name, namespace and values, as Flux, Argo CD or a kustomization installs it. */
export interface Release {
  /** The name of the chart, where it is known. */
  readonly chart?: string;
  readonly version?: string;
  /** The name of the object that names the chart, if the chart is not known. */
  readonly called?: string;
  readonly name: string;
  readonly namespace: string;
  readonly values: JsonObject;
  /** Where a value is written. */
  readonly placeOf: (path: Path) => ObjectField;
  /** Not all of its values could be read, or its objects are changed after Helm made them. */
  readonly isPartly: boolean;
  /** The chart's folder, if it is in a repository. */
  readonly local?: LocalChart;
}

/** An unknown value: no rule judges a text with a template in it. */
export const UNKNOWN_VALUE = '{{ }}';

/** The release with its name and namespace filled in where its values ask for them. */
export function filledRelease(release: Release): Release {
  const values = filled(release.values, text => withRelease(text, release));
  return { ...release, values: isMap(values) ? values : {} };
}

function filled(value: Json, fill: (text: string) => string): Json {
  if (typeof value === 'string') return fill(value);
  if (Array.isArray(value)) return value.map(child => filled(child, fill));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, filled(child, fill)]),
  );
}

/** The only templates that are common in values (docs/facts/helm.md#templates-in-values). */
const OF_RELEASE = /\{\{[ \t]{0,9}\$?\.Release\.(Name|Namespace)[ \t]{0,9}\}\}/g;

/** How many characters names may add to a text. */
const LONGEST = 100_000;

function withRelease(text: string, { name, namespace }: Release): string {
  if (!text.includes('{{')) return text;
  const fill = ([, field]: RegExpExecArray): string => (field === 'Name' ? name : namespace);
  return filledText(text, OF_RELEASE, fill, text.length + LONGEST) ?? text;
}

/** The releases whose charts are folders of repositories. */
export function localReleases(releases: readonly Release[]): LocalRelease[] {
  return releases.flatMap(release =>
    release.local === undefined ? [] : [{ ...release, local: release.local }],
  );
}

/** The releases of an object that Helm has not rendered: only their values are known. */
export function unrendered<T extends Release>(object: PlacedObject, releases: readonly T[]): T[] {
  const { rendered } = object;
  if (rendered === undefined || rendered.size === 0) return [...releases];
  return releases.filter(({ local }) => !local || !rendered.has(renderedKey(local)));
}

/** The key of a folder or chart among all that one object applies. */
export function renderedKey({ at, name }: Pick<ChartPlace, 'at' | 'name'>): string {
  return JSON.stringify([at, name]);
}

/** With the value `keep` Helm and Argo CD do not delete an object. */
export const RESOURCE_POLICY = 'helm.sh/resource-policy';

/** Whether Helm does not delete an object. */
export function isKeptByHelm(object: PlacedObject): boolean {
  return annotationOf(object, RESOURCE_POLICY) === 'keep';
}

/** The objects that are written out in the values of a chart, by default in the namespace of the release. */
export function writtenObjects(release: Release): Brought[] {
  return Object.entries(release.values).flatMap(([field, value]) =>
    FIELDS.test(field) ? listed(value, [field]).flatMap(found => broughtAs(found, release)) : [],
  );
}

/** Fields of values whose objects charts apply as they are. */
const FIELDS = /^(extraObjects|extraDeploy|extraManifests|extraResources|rawResources|manifests)$/;

export interface Located<T extends Json = Json> {
  readonly at: Path;
  readonly value: T;
}

/** The entries of a list or a map. */
function listed(value: Json, at: Path): Located[] {
  if (Array.isArray(value))
    return value.map((entry, index) => ({ value: entry, at: [...at, index] }));
  if (!isMap(value)) return [];
  return Object.entries(value).map(([name, entry]) => ({ value: entry, at: [...at, name] }));
}

function broughtAs({ value, at }: Located, { namespace, placeOf }: Release): Brought[] {
  if (!isObject(value)) return [];
  const metadata = { ...(namespace !== '' && { namespace }), ...value.metadata };
  return [{ object: { ...value, metadata }, placeOf: path => placeOf([...at, ...path]) }];
}

/** Whether a value is an object of Kubernetes. */
export function isObject(value: Json): value is JsonObject & KubeObject {
  const texts = [['apiVersion'], ['kind'], ['metadata', 'name']];
  return texts.every(path => textAt(value, ...path) !== undefined);
}

/** A part of an object and the path in the values that it comes from: a copied value, or a map or list put together. */
export type Part =
  | { readonly at: Path; readonly value: Json }
  | { readonly at: Path; readonly fields: Fields }
  | { readonly at: Path; readonly entries: readonly Part[] };

export type Fields = ReadonlyMap<string, Part>;

/** A value that is copied with all that is in it. */
export function copied(at: Path, value: Json): Part {
  return { at, value };
}

/** A map of parts; those that are undefined are left out. */
export function mapPart(at: Path, fields: Readonly<Record<string, Part | undefined>>): Part {
  const parts = Object.entries(fields).flatMap(([name, part]): [string, Part][] =>
    part === undefined ? [] : [[name, part]],
  );
  return { at, fields: new Map(parts) };
}

/** Fields of values that are copied, where there are any. */
export function picked(
  values: JsonObject,
  at: Path,
  fields: readonly string[],
): Record<string, Part | undefined> {
  const written = fields.filter(field => Object.hasOwn(values, field) && values[field] !== null);
  return Object.fromEntries(
    written.map(field => [field, copied([...at, field], values[field] ?? null)]),
  );
}

/** A list of parts, which is left out where it is empty. */
export function listPart(at: Path, entries: readonly Part[]): Part | undefined {
  return entries.length === 0 ? undefined : { at, entries };
}

/** The part as a manifest has it. */
export function jsonOf(part: Part): Json {
  if ('value' in part) return part.value;
  if ('entries' in part) return part.entries.map(jsonOf);
  return Object.fromEntries([...part.fields].map(([name, child]) => [name, jsonOf(child)]));
}

/** The path in the values of a field of the part, or of the nearest part around it. */
export function placeIn(part: Part, path: Path): Path {
  if ('value' in part) return [...part.at, ...path];
  const [step, ...rest] = path;
  const child = 'entries' in part ? part.entries[Number(step)] : part.fields.get(String(step));
  return child === undefined ? part.at : placeIn(child, rest);
}
