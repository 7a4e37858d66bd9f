import { defaults } from '#validators/defaults';
import { versionDefaults } from '#validators/version-defaults';
import { withFields, withItems } from '../../ground/changed-value.ts';
import { goDuration } from '../../ground/go-duration.ts';
import { isMap, type Json, type JsonObject } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { canonicalQuantity } from '../../ground/quantity.ts';
import { hasOwnDefaults, type ProductRelease, type Versions } from '../../kinds/products.ts';
import { releaseFor } from '../../kinds/version-schemas.ts';

/** Where a CRD has defaults: only the branches of its schema that lead to one. */
export interface Defaults {
  readonly default?: Json;
  readonly fields?: Readonly<Record<string, Defaults>>;
  readonly items?: Defaults;
}

/**
 * The object as the API server stores it: CRD defaults written out, durations and quantities in
 * their canonical spelling. Argo CD compares with what is stored, and anything that is filled in
 * later shows as a difference for ever (docs/facts/argocd.md#differences).
 */
export function storedForm(object: KubeObject, versions: Versions = {}): KubeObject {
  const tree = defaultsOf(object, versions);
  const filled =
    tree === undefined
      ? object
      : (withDefaults(object as JsonObject, tree) as unknown as KubeObject);
  return { ...filled, ...(isMap(filled['spec']) && { spec: canonicalUnits(filled['spec']) }) };
}

/** Of an older version of a kind those of the version we know: it converts to that. */
function defaultsOf({ apiVersion, kind }: KubeObject, versions: Versions): Defaults | undefined {
  const exact = `${apiVersion}/${kind}`;
  const own = defaultsIn(releaseFor(versions, apiVersion))[exact];
  if (own !== undefined) return own;
  if (Object.hasOwn(defaults, exact)) return defaults[exact];
  if (!apiVersion.includes('/')) return undefined;
  const group = apiVersion.slice(0, apiVersion.indexOf('/') + 1);
  const known = Object.keys(defaults).find(
    name => name.startsWith(group) && name.endsWith(`/${kind}`),
  );
  return known === undefined ? undefined : defaults[known];
}

/** The defaults of the kinds that have others in a version. */
function defaultsIn(release: ProductRelease | undefined): Readonly<Record<string, Defaults>> {
  if (release?.schemas === undefined || !hasOwnDefaults(release)) return {};
  return versionDefaults[release.schemas] ?? {};
}

/** Kubernetes' defaulting: a missing field gets its default, then its own fields get theirs. */
function withDefaults(value: Json, { fields, items }: Defaults): Json {
  if (Array.isArray(value))
    return items === undefined ? value : withItems(value, item => withDefaults(item, items));
  if (!isMap(value) || fields === undefined) return value;
  return withFields(value, Object.keys(fields), (name, given) => {
    const field = fields[name];
    const before = given ?? field?.default;
    return field === undefined || before === undefined ? given : withDefaults(before, field);
  });
}

function canonicalUnits(value: JsonObject): JsonObject {
  return withFields(value, Object.keys(value), canonicalField);
}

function canonicalField(name: string, value: Json | undefined): Json | undefined {
  if (typeof value !== 'object')
    return name === 'refreshInterval' && typeof value === 'string' ? goDuration(value) : value;
  if (Array.isArray(value))
    return withItems(value, item => (isMap(item) ? canonicalUnits(item) : item));
  if (!isMap(value)) return value;
  return name === 'requests' || name === 'limits' ? quantities(value) : canonicalUnits(value);
}

function quantities(amounts: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(amounts).map(([name, amount]) => [
      name,
      typeof amount === 'string' || typeof amount === 'number'
        ? canonicalQuantity(String(amount))
        : amount,
    ]),
  );
}
