import type { Path } from '../../core/finding.ts';
import { isMap, type JsonObject, mapAt, scalarText, sortBy, textAt } from '../../core/json.ts';
import { oncePer } from '../../core/once.ts';
import type { Brought } from '../kind.ts';
import {
  copied,
  type Fields,
  jsonOf,
  type Located,
  mapPart,
  type Part,
  picked,
  placeIn,
  type Release,
} from './release.ts';

export interface App {
  readonly release: Release;
  readonly values: JsonObject;
  /** The name with which the names of its objects begin. */
  readonly fullname: string;
  /** It is older than version 4, which changed the names. */
  readonly isEarly: boolean;
}

/** An entry of a map of values: the library makes an object of each that is enabled. */
export interface AppEntry {
  readonly id: string;
  readonly name: string;
  readonly values: JsonObject;
  readonly at: Path;
}

/** The chart that is only the library. */
export const APP_TEMPLATE = 'app-template';

/** Whether the library gets these values as they are: from app-template, or an unnamed chart with its controllers. */
export function isAppTemplate({ chart, values }: Release): boolean {
  const { controllers } = values;
  if (!isMap(controllers)) return false;
  const isController = (value: unknown): boolean =>
    Object.values(mapAt(value, 'containers')).some(isMap);
  return chart === undefined
    ? Object.values(controllers).some(isController)
    : chart === APP_TEMPLATE;
}

/** A release as the library reads it. */
export function appOf(release: Release): App {
  const { values, name, version = '' } = release;
  const chartName = textAt(values, 'global', 'nameOverride') ?? name;
  const named = name.includes(chartName) ? name : `${name}-${chartName}`;
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

function entriesById(app: App, field: string): ReadonlyMap<string, AppEntry> {
  const before = known(app).get(field);
  if (before !== undefined) return before;
  const entries = new Map(namedEntries(app, field).map(entry => [entry.id, entry]));
  known(app).set(field, entries);
  return entries;
}

const known = oncePer((_: App) => new Map<string, ReadonlyMap<string, AppEntry>>());

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
  const prefixed = isName(prefix) && prefix !== fullname ? `${prefix}-${fullname}` : fullname;
  const known = isAppended && prefixed !== id ? ended(prefixed, id) : prefixed;
  return isName(suffix) ? ended(known, suffix) : known;
}

/** An only controller or Service, and a primary Service, have no identifier in their names. */
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

/** The name of the Secret or ConfigMap that the library makes of an entry. */
export function nameOfEntry(
  app: App,
  field: 'configMaps' | 'secrets' | 'externalSecrets',
  id: string,
): string | undefined {
  const entry = entriesById(app, field).get(id);
  const target = field === 'externalSecrets' ? textAt(entry?.values, 'target', 'name') : undefined;
  return target ?? entry?.name;
}

/** The object that the library makes of an entry. */
export function appObject(
  app: App,
  { name, values, at }: AppEntry,
  type: { readonly apiVersion: string; readonly kind: string },
  fields: Readonly<Record<string, Part | undefined>>,
): Brought {
  const annotations = textsPart([
    { at: ['global', 'annotations'], value: mapAt(app.values, 'global', 'annotations') },
    { at: [...at, 'annotations'], value: mapAt(values, 'annotations') },
  ]);
  const metadata = mapPart(at, { name: copied(at, name), annotations });
  const part = mapPart(at, { metadata, ...fields });
  const { namespace } = app.release;
  return {
    object: {
      ...mapAt(jsonOf(mapPart(at, fields))),
      ...type,
      metadata: {
        name,
        ...(namespace !== '' && { namespace }),
        ...(annotations !== undefined && { annotations: texts(annotations.fields) }),
      },
    },
    placeOf: path => app.release.placeOf(placeIn(part, path)),
  };
}

/** Labels or annotations from several places, of which the last wins; undefined: there are none. */
export function textsPart(
  sources: readonly Located<JsonObject>[],
): (Part & { readonly fields: Fields }) | undefined {
  const entries = sources.flatMap(({ at, value }) =>
    Object.entries(value).map(([name, text]): [string, Part] => [
      name,
      copied([...at, name], scalarText(text)),
    ]),
  );
  const [last] = sources.slice(-1);
  return entries.length === 0 || last === undefined
    ? undefined
    : { at: last.at, fields: new Map(entries) };
}

function texts(fields: Fields): Record<string, string> {
  return Object.fromEntries([...fields].map(([name, part]) => [name, scalarText(jsonOf(part))]));
}

/** The ServiceAccounts of the values. Before version 4 the field was one account, not a map of them. */
export function accountsOf(app: App): AppEntry[] {
  const values = mapAt(app.values, 'serviceAccount');
  const { create } = values;
  const name = textAt(values, 'name');
  if (typeof create !== 'boolean' && name === undefined) return entriesOf(app, 'serviceAccount');
  const id = 'default';
  const only = { id, name: name || app.fullname, values, at: ['serviceAccount'] };
  return create === true ? [only] : [];
}

/** The ServiceAccounts as objects. */
export function serviceAccounts(app: App): Brought[] {
  const type = { apiVersion: 'v1', kind: 'ServiceAccount' };
  return accountsOf(app).map(entry => appObject(app, entry, type, {}));
}

/** A Secret in the values: its keys without their values. */
export function secretFields(entry: AppEntry): Record<string, Part | undefined> {
  const type = textAt(entry.values, 'type');
  return {
    type: type === undefined ? undefined : copied([...entry.at, 'type'], type),
    stringData: keysPart(entry),
  };
}

function keysPart({ values, at }: AppEntry): Part {
  const place = [...at, 'stringData'];
  const keys = Object.keys(mapAt(values, 'stringData'));
  const empty = keys.map(key => [key, copied([...place, key], '')]);
  return mapPart(place, Object.fromEntries(empty));
}

const FETCHES = ['refreshPolicy', 'refreshInterval', 'target', 'data', 'dataFrom'];

/** An ExternalSecret, with the default store. */
export function fetchFields({ values, at }: AppEntry, app: App): Record<string, Part> {
  const common = 'defaultExternalSecretStoreRef';
  const store = { ...mapAt(app.values, common), ...mapAt(values, 'secretStoreRef') };
  const place = isMap(values['secretStoreRef']) ? [...at, 'secretStoreRef'] : [common];
  const spec = mapPart(at, {
    secretStoreRef: Object.keys(store).length === 0 ? undefined : copied(place, store),
    ...picked(values, at, FETCHES),
  });
  return { spec };
}
