import type { Path } from '../../../ground/finding.ts';
import { isMap, type JsonObject, mapAt, textAt } from '../../../ground/json.ts';
import { oncePer } from '../../../ground/once-per.ts';
import type { Release } from '../release.ts';

/** A release whose values are of the library that app-template wraps. */
export interface App {
  readonly release: Release;
  readonly values: JsonObject;
  /** What its objects are named after. */
  readonly fullname: string;
  /** Before version 4 names were put together in another way. */
  readonly isEarly: boolean;
}

/** An entry of a map of values: the library makes an object of each that is enabled. */
export interface AppEntry {
  readonly id: string;
  readonly name: string;
  readonly values: JsonObject;
  readonly at: Path;
}

/** The chart that has nothing but the library. */
export const APP_TEMPLATE = 'app-template';

/**
 * Whether the values are all that the library gets: of app-template, or of a chart that is not named
 * and has containers in controllers. Other charts wrap the library, with values of their own.
 */
export function isAppTemplate({ chart, values }: Release): boolean {
  const { controllers } = values;
  if (!isMap(controllers)) return false;
  const isController = (value: unknown): boolean =>
    Object.values(mapAt(value, 'containers')).some(isMap);
  return chart === undefined
    ? Object.values(controllers).some(isController)
    : chart === APP_TEMPLATE;
}

/** What the library makes objects of. */
export function appOf(release: Release): App {
  const { values, name, version = '' } = release;
  const given = textAt(values, 'global', 'nameOverride') ?? name;
  const named = name.includes(given) ? name : `${name}-${given}`;
  const fullname =
    textAt(values, 'global', 'fullnameOverride') ?? textAt(values, 'fullnameOverride') ?? named;
  return {
    release,
    values,
    fullname: fullname.slice(0, 63).replace(/-$/, ''),
    isEarly: /^[~^=v ]{0,3}[0-3]\./.test(version),
  };
}

/** The enabled entries of a field, in the order of their identifiers. */
export function entriesOf(app: App, field: string): AppEntry[] {
  return [...entriesById(app, field).values()];
}

/** The entry of an identifier. */
function entryNamed(app: App, field: string, id: string): AppEntry | undefined {
  return entriesById(app, field).get(id);
}

const known = oncePer((_: App) => new Map<string, ReadonlyMap<string, AppEntry>>());

function entriesById(app: App, field: string): ReadonlyMap<string, AppEntry> {
  const before = known(app).get(field);
  if (before !== undefined) return before;
  const entries = new Map(namedEntries(app, field).map(entry => [entry.id, entry]));
  known(app).set(field, entries);
  return entries;
}

function namedEntries(app: App, field: string): AppEntry[] {
  const enabled = Object.entries(mapAt(app.values, field)).flatMap(([id, values]) =>
    isMap(values) && values['enabled'] !== false ? [{ id, values, at: [field, id] }] : [],
  );
  const name = app.isEarly ? earlyName : nameOf;
  return enabled
    .map(entry => ({ ...entry, name: name(app, field, entry, enabled.length).toLowerCase() }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** How the library names an object (docs/facts/helm.md#names-of-app-template). */
function nameOf(
  { fullname, values: { global } }: App,
  _: string,
  { id, values }: Omit<AppEntry, 'name'>,
  count: number,
): string {
  const { forceRename, prefix, suffix } = values;
  if (isName(forceRename)) return forceRename;
  const isAppended = count > 1 || mapAt(global)['alwaysAppendIdentifierToResourceName'] === true;
  const begun = isName(prefix) && prefix !== fullname ? `${prefix}-${fullname}` : fullname;
  const known = isAppended && begun !== id ? ended(begun, id) : begun;
  return isName(suffix) ? ended(known, suffix) : known;
}

/** Of controllers and Services the only one, and the primary Service, have no identifier in the name. */
function earlyName(
  { fullname }: App,
  field: string,
  { id, values }: Omit<AppEntry, 'name'>,
  count: number,
): string {
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

/** The name of the Secret or ConfigMap that comes of an entry of the values. */
export function nameOfEntry(
  app: App,
  field: 'configMaps' | 'secrets' | 'externalSecrets',
  id: string,
): string | undefined {
  const entry = entryNamed(app, field, id);
  const target = field === 'externalSecrets' ? textAt(entry?.values, 'target', 'name') : undefined;
  return target ?? entry?.name;
}
