import { isMap, type Json, type JsonObject, withFields, withItems } from '../core/json.ts';
import { groupOf, isObserved, type KubeObject, LAST_APPLIED } from '../core/kube-object.ts';
import { canonicalQuantity } from '../core/words.ts';
import { kindOf } from '../kinds/kinds.ts';
import { storedForm } from '../spec/objects/patches.ts';

/**
 * An object as it takes effect: two manifests that ask for the same have the same form. Defaults
 * are written out, units have one spelling, and what a controller writes is left out.
 */
export function effectiveForm(object: KubeObject): KubeObject {
  const { status: _, metadata, ...rest } = storedForm(object);
  const filled = { ...rest, metadata: wantedMetadata(metadata as unknown as JsonObject) };
  const form = kindOf(groupOf(object), object.kind)?.changes?.normalForm;
  const shaped = form === undefined ? filled : form(filled as unknown as JsonObject);
  return canonical(shaped as JsonObject) as unknown as KubeObject;
}

function wantedMetadata(metadata: unknown): JsonObject {
  if (!isMap(metadata)) return {};
  const { annotations, ...rest } = metadata;
  const wanted = Object.entries(rest).filter(([name]) => !isObserved(name));
  const kept = isMap(annotations)
    ? Object.entries(annotations).filter(([name]) => name !== LAST_APPLIED)
    : [];
  const own = kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) };
  return { ...Object.fromEntries(wanted), ...own };
}

/** Sizes in one spelling; `optional: false`, `protocol: TCP` and an empty value are defaults. */
function canonical(value: JsonObject): JsonObject {
  return withFields(value, Object.keys(value), canonicalField);
}

function canonicalField(name: string, value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return withItems(value, item => (isMap(item) ? canonical(item) : item));
  if (isMap(value) && SETTINGS.has(name)) return settings(value);
  if (isMap(value)) return AMOUNTS.has(name) ? withQuantities(value) : canonical(value);
  return value === undefined || isDefault(name, value) ? undefined : sizeForm(name, value);
}

/** Values of charts: to Helm, `null` is no default, it takes the chart's own away (helm.sh, "Deleting a default key"). */
const SETTINGS = new Set(['values', 'valuesObject', 'valuesInline']);

function settings(value: JsonObject): JsonObject {
  return withFields(value, Object.keys(value), (name, field) => {
    if (field === null) return null;
    return isMap(field) && !AMOUNTS.has(name) ? settings(field) : canonicalField(name, field);
  });
}

function isDefault(name: string, value: Json): boolean {
  const isPlain = name === 'optional' && value === false;
  return value === null || isPlain || (name === 'protocol' && value === 'TCP');
}

function sizeForm(name: string, value: Json): Json {
  return SIZES.has(name) && typeof value === 'string' ? quantityForm(value) : value;
}

/** Fields that are a quantity, and those that hold quantities by name. */
const SIZES = new Set(['size', 'sizeLimit']);
const AMOUNTS = new Set(['requests', 'limits']);

function withQuantities(amounts: JsonObject): JsonObject {
  const forms = Object.entries(amounts).map(([name, amount]) => [
    name,
    typeof amount === 'string' ? quantityForm(amount) : amount,
  ]);
  return Object.fromEntries(forms);
}

/**
 * A quantity in one spelling for each amount: `1e9` is `1G`, and `1073741824` is `1Gi` as well,
 * which the API server would store as it stands (apimachinery, resource.Quantity compares amounts).
 */
export function quantityForm(text: string): string {
  if (!/^\d+(\.\d+)?([eE]\d+)?$/.test(text)) return canonicalQuantity(text);
  const amount = Number(text);
  if (!Number.isSafeInteger(amount)) return canonicalQuantity(text);
  const isBinary = amount > 0 && amount % 1024 === 0;
  return canonicalQuantity(isBinary ? `${amount / 1024}Ki` : String(amount));
}

/** How the entries of a list are told apart. */
interface ListKey {
  /** The name of an entry; undefined when it has none. */
  readonly nameOf: (entry: JsonObject) => string | undefined;
}

const byField =
  (...fields: readonly string[]): ListKey['nameOf'] =>
  entry => {
    let name: string | undefined;
    for (const field of fields) {
      const value = entry[field];
      if (typeof value === 'string' || typeof value === 'number')
        name = name === undefined ? String(value) : `${name}/${value}`;
    }
    return name;
  };

const byName = byField('name');

/** `configMapRef/settings`: an entry of envFrom names one thing. */
function sourceName(entry: JsonObject): string | undefined {
  const [kind, ref] = Object.entries(entry).find(([, value]) => isMap(value)) ?? [];
  return kind === undefined || !isMap(ref) ? undefined : `${kind}/${ref['name']}`;
}

/** TCP is the default protocol. */
function portName(entry: JsonObject): string | undefined {
  const port = entry['containerPort'] ?? entry['port'];
  return port === undefined ? undefined : `${port}/${entry['protocol'] ?? 'TCP'}`;
}

function metadataName({ metadata }: JsonObject): string | undefined {
  return isMap(metadata ?? null) ? byName(metadata as JsonObject) : undefined;
}

/**
 * What names an entry, by the list's field. The CRDs say nothing about it
 * (docs/facts/review.md#lists).
 */
const KEYS: Readonly<Record<string, ListKey['nameOf']>> = {
  containers: byName,
  initContainers: byName,
  ephemeralContainers: byName,
  env: byName,
  envFrom: sourceName,
  volumes: byName,
  volumeMounts: byField('mountPath'),
  volumeClaimTemplates: metadataName,
  imagePullSecrets: byName,
  ports: portName,
  items: byField('key', 'path'),
  data: byField('secretKey'),
  roles: byName,
  externalClusters: byName,
  tablespaces: byName,
  plugins: byName,
  subjects: byField('kind', 'namespace', 'name'),
  secretStoreRefs: byField('kind', 'name'),
  topologySpreadConstraints: byField('topologyKey', 'whenUnsatisfiable'),
  hostAliases: byField('ip'),
};

/** Lists whose order means something (docs/facts/review.md#lists); of all others it is noise. */
const ORDERED = new Set([
  'args',
  'command',
  'env',
  'envFrom',
  'dataFrom',
  'initContainers',
  'pg_hba',
  'pg_ident',
  'templateFrom',
  'rewrite',
  'postInitSQL',
  'postInitApplicationSQL',
  'postInitTemplateSQL',
]);

/** Whether the order of a list's entries means something. */
export function isOrdered(field: string): boolean {
  return ORDERED.has(field);
}

/** The entries by name, or undefined where one has no name or two share one. */
export function entriesByName(
  field: string,
  list: readonly Json[],
): Map<string, number> | undefined {
  const nameOf = Object.hasOwn(KEYS, field) ? KEYS[field] : undefined;
  if (nameOf === undefined) return undefined;
  const names = new Map<string, number>();
  for (const [index, entry] of list.entries()) {
    const name = isMap(entry) ? nameOf(entry) : undefined;
    if (name === undefined || names.has(name)) return undefined;
    names.set(name, index);
  }
  return names;
}
