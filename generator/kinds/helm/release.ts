import type { Path } from '../../ground/finding.ts';
import { isMap, type Json, type JsonObject } from '../../ground/json.ts';
import type { ChartPlace, LocalChart } from '../deployment-ends.ts';
import type { LocalRelease, ObjectField, PlacedObject } from '../kind.ts';

/** A chart and values for it, whatever object says so. */
export interface Release {
  /** The name of the chart, where it is known. */
  readonly chart?: string;
  readonly version?: string;
  /** What it is called where only the object that names it is known. */
  readonly called?: string;
  readonly name: string;
  readonly namespace: string;
  readonly values: JsonObject;
  /** Where a value is written. */
  readonly placeOf: (path: Path) => ObjectField;
  /** There are more values than could be read, or what the chart makes is changed afterwards. */
  readonly isPartly: boolean;
  /** Where the chart is, where that is a folder of a repository. */
  readonly local?: LocalChart;
}

/** Stands for a value that is not known: no rule judges a text with a template in it. */
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

function withRelease(text: string, { name, namespace }: Release): string {
  if (!text.includes('{{')) return text;
  return text.replaceAll(OF_RELEASE, (_, field: string) => (field === 'Name' ? name : namespace));
}

/** Those releases whose charts lie in repositories. */
export function localReleases(releases: readonly Release[]): LocalRelease[] {
  return releases.flatMap(release =>
    release.local === undefined ? [] : [{ ...release, local: release.local }],
  );
}

/** The releases of an object of which Helm has not made the objects: only their values are known. */
export function unrendered<T extends Release>(object: PlacedObject, releases: readonly T[]): T[] {
  const { rendered } = object;
  if (rendered === undefined || rendered.size === 0) return [...releases];
  return releases.filter(({ local }) => !local || !rendered.has(renderedKey(local)));
}

/** Tells what one object has applied from what else it has. */
export function renderedKey({ at, name }: Pick<ChartPlace, 'at' | 'name'>): string {
  return JSON.stringify([at, name]);
}
