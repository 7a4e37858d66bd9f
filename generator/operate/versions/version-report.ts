import { isMap, type JsonObject, mapAt } from '../../ground/json.ts';
import { groupIn } from '../../ground/kube-object.ts';
import { kindOf } from '../../kinds/kinds.ts';
import {
  type Product,
  type ProductName,
  type ProductRelease,
  products,
  usualRelease,
  type Versions,
} from '../../kinds/products.ts';
import { type FieldDifference, fieldDifferences, type SchemaRoot } from './field-differences.ts';

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
export type SchemasOf = (release: ProductRelease) => ReadonlyMap<string, JsonObject>;

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
