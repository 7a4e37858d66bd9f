import { isMap, isSame, type Json, type JsonObject, listAt, mapAt } from '../core/json.ts';
import { groupIn } from '../core/kube-object.ts';
import { kindOf } from '../kinds/kinds.ts';
import {
  type Product,
  type ProductName,
  type ProductRelease,
  products,
  usualRelease,
  type Versions,
} from '../kinds/products.ts';

/** What is known of the versions of a product, and what is different in them for the kinds in use. */
export interface ProductReport {
  readonly name: ProductName;
  readonly called: string;
  /** The oldest first. */
  readonly releases: readonly string[];
  /** The versions that run, where they are told or installed by what is read. */
  readonly running: readonly string[];
  /** The version by whose schemas objects are held where none is told. */
  readonly usual: string;
  /** From each version to the next newer one. */
  readonly steps: readonly VersionStep[];
}

/** What came with a version. */
export interface VersionStep {
  readonly from: string;
  readonly to: string;
  readonly kinds: readonly KindChange[];
}

/** What is different in a kind. */
export interface KindChange {
  readonly apiVersion: string;
  readonly kind: string;
  readonly what: FieldDifference['what'];
  readonly fields: readonly FieldDifference[];
  /** What no schema tells, such as a Secret that is made. */
  readonly facts: readonly string[];
}

/** A kind, as objects name it. */
export interface UsedKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The schemas of a version, by their paths: all of them. */
type SchemasOf = (release: ProductRelease) => ReadonlyMap<string, JsonObject>;

/** What is known of versions; `used`: only of these kinds. */
export function versionReport(
  running: readonly Versions[],
  used: readonly UsedKind[] | undefined,
  schemasOf: SchemasOf,
): ProductReport[] {
  return products.map(product => {
    const releases = [...product.releases].reverse();
    const steps = releases.slice(1).map((release, index) => ({
      from: releases[index]?.name ?? '',
      to: release.name,
      kinds: kindChanges(product, [releases[index] ?? release, release], used, schemasOf),
    }));
    const names = running.flatMap(versions => versions[product.name]?.name ?? []);
    return {
      name: product.name,
      called: product.called,
      releases: releases.map(({ name }) => name),
      running: [...new Set(names)].sort(),
      usual: usualRelease(product)?.name ?? '',
      steps,
    };
  });
}

function kindChanges(
  product: Product,
  [from, to]: readonly [ProductRelease, ProductRelease],
  used: readonly UsedKind[] | undefined,
  schemasOf: SchemasOf,
): KindChange[] {
  const [older, newer] = [schemasOf(from), schemasOf(to)];
  return [...newer].flatMap(([path, schema]): KindChange[] => {
    const kind = kindIn(schema, older.get(path));
    if (kind === undefined || !product.hasGroup(groupIn(kind.apiVersion))) return [];
    if (used !== undefined && !used.some(one => isSameKind(one, kind))) return [];
    const what = whatOf(older.get(path), schema);
    const fields =
      what === 'changed' ? fieldDifferences(rootOf(older, path), rootOf(newer, path)) : [];
    const facts = factsOf(kind, to);
    return what === 'changed' && fields.length + facts.length === 0
      ? []
      : [{ ...kind, what, fields, facts }];
  });
}

/** Whether a kind is new in a version, or gone: its schema then refuses all that is of the kind. */
function whatOf(older: JsonObject | undefined, newer: JsonObject): FieldDifference['what'] {
  if (isGone(older)) return 'added';
  return isGone(newer) ? 'removed' : 'changed';
}

function isGone(schema: JsonObject | undefined): boolean {
  return mapAt(schema, 'properties')['kind'] === false;
}

/** The kind that a schema is of, or that of the other side where it is gone. */
function kindIn(...schemas: readonly (JsonObject | undefined)[]): UsedKind | undefined {
  for (const schema of schemas) {
    const [apiVersion, kind] = [constAt(schema, 'apiVersion'), constAt(schema, 'kind')];
    if (apiVersion !== undefined && kind !== undefined) return { apiVersion, kind };
  }
  return undefined;
}

function constAt(schema: JsonObject | undefined, field: string): string | undefined {
  const property = mapAt(schema, 'properties')[field];
  const value = isMap(property) ? property['const'] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function rootOf(schemas: ReadonlyMap<string, JsonObject>, path: string): SchemaRoot {
  return { schema: schemas.get(path) ?? {}, library: schemas.get('kubernetes.json') ?? {} };
}

function isSameKind(one: UsedKind, other: UsedKind): boolean {
  return one.apiVersion === other.apiVersion && one.kind === other.kind;
}

function factsOf({ apiVersion, kind }: UsedKind, { name }: ProductRelease): string[] {
  const { news = [] } = kindOf(groupIn(apiVersion), kind) ?? {};
  return news.filter(({ version }) => version === name).map(({ text }) => text);
}

/** A field that one version of a kind has and another has not, or has in another way. */
export interface FieldDifference {
  /** `spec.data[].remoteRef.key`; `{}` stands for any name in a map. */
  readonly field: string;
  readonly what: 'added' | 'changed' | 'removed';
  /** What is different in a field that both have, in words. */
  readonly how: readonly string[];
}

/** A schema, with the two places that its `$ref`s lead to. */
interface SchemaRoot {
  readonly schema: JsonObject;
  /** What kinds of Kubernetes share. */
  readonly library: JsonObject;
}

/** A part of a schema on both sides. */
interface Sides {
  readonly older: JsonObject;
  readonly newer: JsonObject;
}

/** Where a part stands, and in which schemas. */
interface Place {
  readonly roots: { readonly older: SchemaRoot; readonly newer: SchemaRoot };
  readonly path: string;
  /** The names of the `$ref`s on the way to it. */
  readonly above: readonly string[];
}

/** What is different in the fields of a kind, the older version first, in the order of their names. */
export function fieldDifferences(older: SchemaRoot, newer: SchemaRoot): FieldDifference[] {
  const place = { roots: { older, newer }, path: '', above: [] };
  return changesIn({ older: older.schema, newer: newer.schema }, place);
}

function changesIn(sides: Sides, { roots, path, above }: Place): FieldDifference[] {
  const { references, ...parts } = followed(sides, roots.older, roots.newer);
  // A schema that holds itself: what is below was looked at above.
  if (references !== '' && above.includes(references)) return [];
  const within = { roots, path, above: references === '' ? above : [...above, references] };
  const how = valueWords(parts.older, parts.newer);
  return [
    ...(how.length > 0 ? [{ field: path, what: 'changed', how } as const] : []),
    ...propertyChanges(parts, within),
    ...changesBelow('items', parts, { ...within, path: `${path}[]` }),
    ...changesBelow('additionalProperties', parts, { ...within, path: `${path}{}` }),
  ];
}

/** Of items, and of the values of a map. */
function changesBelow(keyword: string, { older, newer }: Sides, place: Place): FieldDifference[] {
  const [before, after] = [older[keyword], newer[keyword]];
  return isMap(before) && isMap(after) ? changesIn({ older: before, newer: after }, place) : [];
}

function propertyChanges(parts: Sides, place: Place): FieldDifference[] {
  const [before, after] = [mapAt(parts.older, 'properties'), mapAt(parts.newer, 'properties')];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const changes = names.flatMap((name): FieldDifference[] => {
    const [older, newer] = [before[name], after[name]];
    const field = fieldAt(place.path, name);
    if (isMap(older) && isMap(newer)) return changesIn({ older, newer }, { ...place, path: field });
    return [{ field, what: isMap(newer) ? 'added' : 'removed', how: [] }];
  });
  return [...changes, ...requiredChanges(parts, place.path)];
}

function fieldAt(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** Both sides where their `$ref`s lead, with what these are called. */
function followed(
  sides: Sides,
  older: SchemaRoot,
  newer: SchemaRoot,
): Sides & { readonly references: string } {
  const [before, after] = [follow(sides.older, older), follow(sides.newer, newer)];
  const references = [before.name, after.name].filter(name => name !== '').join(' ');
  return { older: before.schema, newer: after.schema, references };
}

function follow(schema: JsonObject, root: SchemaRoot): { name: string; schema: JsonObject } {
  const [only] = listAt(schema, 'allOf');
  const ref = schema['$ref'] ?? (isMap(only) ? only['$ref'] : undefined);
  if (typeof ref !== 'string') return { name: '', schema };
  const name = ref.slice(ref.lastIndexOf('/') + 1);
  const place = ref.startsWith('#') && name in mapAt(root.schema, 'definitions');
  const found = mapAt(place ? root.schema : root.library, 'definitions', name);
  return { name, schema: { ...found, ...schema } };
}

/** Fields that both sides have, and that only one asks for. */
function requiredChanges({ older, newer }: Sides, path: string): FieldDifference[] {
  const [before, after] = [listAt(older, 'required'), listAt(newer, 'required')];
  const both = Object.keys(mapAt(older, 'properties')).filter(
    name => name in mapAt(newer, 'properties'),
  );
  return both.sort().flatMap((name): FieldDifference[] => {
    if (before.includes(name) === after.includes(name)) return [];
    const field = fieldAt(path, name);
    const how = after.includes(name) ? 'has to be there' : 'may be left out';
    return [{ field, what: 'changed', how: [how] }];
  });
}

/** What a value may be, where that is different. */
function valueWords(older: JsonObject, newer: JsonObject): string[] {
  const [more, less] = [
    valuesBeyond(older, newer).map(value => `may be ${value}`),
    valuesBeyond(newer, older).map(value => `may not be ${value} any more`),
  ];
  const isFree = 'enum' in older !== 'enum' in newer;
  return [
    ...typeWords(typesOf(older), typesOf(newer)),
    ...(isFree ? ['enum' in newer ? 'only some values' : 'any value'] : [...more, ...less]),
    ...defaultWords(older['default'], newer['default']),
    ...LIMITS.flatMap(limit =>
      isSame(older[limit], newer[limit]) ? [] : [limitWords(limit, older[limit], newer[limit])],
    ),
  ];
}

const LIMITS = ['pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'];

/** Where the type is not told, or is `null` beside another because the field may be left out, it is no change. */
function typeWords(before: string, after: string): string[] {
  return before === '' || after === '' || before === after ? [] : [`${after}, not ${before}`];
}

function typesOf({ type }: JsonObject): string {
  const all = (Array.isArray(type) ? type : [type ?? '']).map(String);
  return all
    .filter(one => one !== 'null')
    .sort()
    .join(' or ');
}

function limitWords(limit: string, before: Json | undefined, after: Json | undefined): string {
  return after === undefined
    ? `no ${limit} any more, it was ${shown(before)}`
    : `${limit} ${shown(after)}${before === undefined ? '' : `, not ${shown(before)}`}`;
}

function valuesBeyond(schema: JsonObject, other: JsonObject): Json[] {
  const known = listAt(schema, 'enum');
  return listAt(other, 'enum').filter(value => value !== null && !known.includes(value));
}

function defaultWords(before: Json | undefined, after: Json | undefined): string[] {
  if (isSame(before, after)) return [];
  if (after === undefined) return [`no default any more, it was ${shown(before)}`];
  return [`default ${shown(after)}${before === undefined ? '' : `, not ${shown(before)}`}`];
}

function shown(value: Json | undefined): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}
