import type { Path } from '../../core/finding.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { changedThroughout, isMap, mapAt, scalarText, sortBy, textAt } from '../../core/json.ts';
import { cutName, type KubeObject } from '../../core/kube-object.ts';
import { oncePer, oncePerText } from '../../core/once.ts';
import { filledText } from '../../core/template/value.ts';
import type { ChartPlace, LocalChart } from '../facets.ts';
import { annotationOf, type Brought, type LocalRelease, type PlacedObject } from '../kind.ts';

/** A chart with its name, namespace and values, as Flux, Argo CD or a kustomization installs it. */
export interface Release extends Omit<LocalRelease, 'local'> {
  readonly chart?: string | undefined;
  readonly version?: string | undefined;
  /** The name of the object that names the chart, if the chart is not known. */
  readonly called?: string | undefined;
  /** What installs it, if that is no HelmRelease. */
  readonly installer?: string | undefined;
  readonly local?: LocalChart | undefined;
}

/** An unknown value: no rule judges a text with a template in it. */
export const UNKNOWN_VALUE = '{{ }}';

/** The release with its name and namespace filled in where its values ask for them. */
export function filledRelease(release: Release): Release {
  const { name, namespace } = release;
  const fill = ([, field]: RegExpExecArray): string => (field === 'Name' ? name : namespace);
  const values = changedThroughout(release.values, part => {
    if (typeof part !== 'string' || !part.includes('{{')) return part;
    return filledText(part, OF_RELEASE, fill, part.length + LONGEST) ?? part;
  });
  return { ...release, values: mapAt(values) };
}

/** The only templates that are common in values (docs/facts/helm.md#templates-in-values). */
const OF_RELEASE = /\{\{[ \t]{0,9}\$?\.Release\.(Name|Namespace)[ \t]{0,9}\}\}/g;

/** How many characters names may add to a text. */
const LONGEST = 100_000;

/** The releases whose charts are folders of repositories. */
export function localReleases(releases: readonly Release[]): LocalRelease[] {
  return releases.flatMap(({ local, ...release }) => (local ? [{ ...release, local }] : []));
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

export interface Located {
  readonly at: Path;
  readonly value: Json;
}

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

export function isObject(value: Json): value is JsonObject & KubeObject {
  const texts = [['apiVersion'], ['kind'], ['metadata', 'name']];
  return texts.every(path => textAt(value, ...path) !== undefined);
}

/** A part of an object, and the path in the values that it comes from. */
export interface Part extends Located {
  /** What it is put together of; absent: it is copied with all that is in it. */
  readonly parts?: ReadonlyMap<string | number, Part>;
}

/** A value that is copied with all that is in it. */
export function copied(at: Path, value: Json): Part {
  return { at, value };
}

/** The fields of a map; those that are undefined are left out, and texts and maps come from where the map does. */
export interface Parts {
  readonly [name: string]: Part | Parts | string | undefined;
}

export function mapPart(at: Path, fields: Parts): Part {
  const parts = Object.entries(fields).flatMap(([name, part]): [string, Part][] => {
    if (part === undefined) return [];
    if (typeof part === 'string') return [[name, copied(at, part)]];
    return [[name, isPart(part) ? part : mapPart(at, part)]];
  });
  const values = parts.map(([name, { value }]) => [name, value]);
  return { at, value: Object.fromEntries(values), parts: new Map(parts) };
}

function isPart(part: Part | Parts): part is Part {
  return Array.isArray(part.at);
}

export interface Values {
  readonly values: JsonObject;
  readonly at: Path;
}

export function below({ values, at }: Values, ...fields: readonly string[]): Values {
  return { values: mapAt(values, ...fields), at: [...at, ...fields] };
}

/** A text below values, if there is one. */
export function textPart({ values, at }: Values, ...fields: readonly string[]): Part | undefined {
  const text = textAt(values, ...fields);
  return text === undefined ? undefined : copied([...at, ...fields], text);
}

/** Fields of values that are copied, where there are any. */
export function picked({ values, at }: Values, fields: readonly string[]): Record<string, Part> {
  return Object.fromEntries(
    fields.flatMap(field => {
      const value = Object.hasOwn(values, field) ? (values[field] ?? null) : null;
      return value === null ? [] : [[field, copied([...at, field], value)]];
    }),
  );
}

/** A list of parts, which is left out where it is empty. */
export function listPart(at: Path, entries: readonly Part[]): Part | undefined {
  if (entries.length === 0) return undefined;
  return { at, value: entries.map(({ value }) => value), parts: new Map(entries.entries()) };
}

function placeIn({ at, parts }: Part, path: Path): Path {
  if (parts === undefined) return [...at, ...path];
  const [step = '', ...rest] = path;
  const part = parts.get(step);
  return part === undefined ? at : placeIn(part, rest);
}

export interface App extends Values {
  readonly release: Release;
  /** The name with which the names of its objects begin. */
  readonly fullname: string;
  /** It is older than version 4, which changed the names. */
  readonly isEarly: boolean;
}

/** An entry of a map of values: the library makes an object of each that is enabled. */
export interface AppEntry extends Values {
  readonly id: string;
  readonly name: string;
}

/** The chart that is only the library. */
export const APP_TEMPLATE = 'app-template';

/** Whether the library gets these values as they are: from app-template, or an unnamed chart with its controllers. */
export function isAppTemplate({ chart, values }: Release): boolean {
  const { controllers } = values;
  if (!isMap(controllers)) return false;
  const isController = (value: unknown) => Object.values(mapAt(value, 'containers')).some(isMap);
  return chart === undefined
    ? Object.values(controllers).some(isController)
    : chart === APP_TEMPLATE;
}

export function appOf(release: Release): App {
  const { values, name, version = '' } = release;
  const chartName = textAt(values, 'global', 'nameOverride') ?? name;
  const named = name.includes(chartName) ? name : `${name}-${chartName}`;
  const fullname =
    textAt(values, 'global', 'fullnameOverride') ?? textAt(values, 'fullnameOverride') ?? named;
  return {
    release,
    values,
    at: [],
    fullname: cutName(fullname, 63),
    isEarly: /^[~^=v ]{0,3}[0-3]\./.test(version),
  };
}

/** The enabled entries of a field, in the order of their identifiers. */
export function entriesOf(app: App, field: string): AppEntry[] {
  return [...entriesById(app)(field).values()];
}

const entriesById = oncePer((app: App) =>
  oncePerText(field => new Map(namedEntries(app, field).map(entry => [entry.id, entry]))),
);

function namedEntries(app: App, field: string): AppEntry[] {
  const enabled = Object.entries(mapAt(app.values, field)).flatMap(([id, values]) =>
    isMap(values) && values['enabled'] !== false ? [{ id, values, at: [field, id] }] : [],
  );
  const name = app.isEarly ? earlyName : nameOf;
  const named = enabled.map(entry => ({
    ...entry,
    name: name(app, field, entry, enabled.length).toLowerCase(),
  }));
  return sortBy(named, ({ id }) => id);
}

type Unnamed = Omit<AppEntry, 'name'>;

/** How the library names an object (docs/facts/helm.md#names-of-app-template). */
function nameOf({ fullname, values: all }: App, _: string, { id, values }: Unnamed, count: number) {
  const { forceRename, prefix, suffix } = values;
  if (isName(forceRename)) return forceRename;
  const isAppended =
    count > 1 || mapAt(all, 'global')['alwaysAppendIdentifierToResourceName'] === true;
  const prefixed = isName(prefix) && prefix !== fullname ? `${prefix}-${fullname}` : fullname;
  const unsuffixed = isAppended && prefixed !== id ? ended(prefixed, id) : prefixed;
  return isName(suffix) ? ended(unsuffixed, suffix) : unsuffixed;
}

function earlyName({ fullname }: App, field: string, entry: Unnamed, count: number): string {
  const { id, values } = entry;
  const { forceRename, nameOverride } = values;
  if (isName(forceRename)) return forceRename;
  const isCounted = field === 'controllers' || field === 'service' || field === 'serviceAccount';
  const isBare = isCounted && (count === 1 || values['primary'] === true);
  const end = isName(nameOverride) ? nameOverride : isBare ? fullname : id;
  return end === fullname ? fullname : `${fullname}-${end}`;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function ended(name: string, end: string): string {
  return name.endsWith(`-${end}`) ? name : `${name}-${end}`;
}

/** Fields whose entries containers and volumes refer to. */
export type ReferredField = 'configMaps' | 'secrets' | 'externalSecrets';

/** The name of the Secret or ConfigMap that the library makes of an entry. */
export function nameOfEntry(app: App, field: ReferredField, id: string): string | undefined {
  const entry = entriesById(app)(field).get(id);
  const target = field === 'externalSecrets' ? textAt(entry?.values, 'target', 'name') : undefined;
  return target ?? entry?.name;
}

/** The object that the library makes of an entry. */
export function appObject(
  app: App,
  entry: AppEntry,
  type: Readonly<Record<'apiVersion' | 'kind', string>>,
  fields: Parts,
): Brought {
  const { name, at } = entry;
  const annotations = textsPart([below(app, 'global', 'annotations'), below(entry, 'annotations')]);
  const part = mapPart(at, { metadata: { name, annotations }, ...fields });
  const { namespace } = app.release;
  const json = mapAt(part.value);
  const home = namespace === '' ? {} : { namespace };
  return {
    object: { ...json, ...type, metadata: { ...mapAt(json, 'metadata'), name, ...home } },
    placeOf: path => app.release.placeOf(placeIn(part, path)),
  };
}

/** Labels or annotations from several places, of which the last wins; undefined: there are none. */
export function textsPart(sources: readonly Values[]): Part | undefined {
  const fields: Record<string, Part> = {};
  for (const { at, values } of sources)
    for (const [name, text] of Object.entries(values))
      fields[name] = copied([...at, name], scalarText(text));
  const at = sources.at(-1)?.at;
  return at === undefined || Object.keys(fields).length === 0 ? undefined : mapPart(at, fields);
}
