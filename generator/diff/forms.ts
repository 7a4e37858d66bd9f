import { isMap, type Json, type JsonObject, withFields, withItems } from '../core/json.ts';
import { groupOf, isObserved, type KubeObject, LAST_APPLIED } from '../core/kube-object.ts';
import { canonicalQuantity } from '../core/units.ts';
import { kindOf } from '../kinds/kinds.ts';
import { storedForm } from '../spec/objects/patches.ts';

/** An object with its defaults, quantities in one spelling, and nothing that controllers write. */
export function effectiveForm(object: KubeObject): KubeObject {
  const { status: _, metadata, ...rest } = storedForm(object);
  const filled = { ...rest, metadata: metadataForm(metadata as unknown as JsonObject) };
  const form = kindOf(groupOf(object), object.kind)?.changes?.normalForm;
  const shaped = form === undefined ? filled : form(filled as unknown as JsonObject);
  return canonical(shaped as JsonObject) as unknown as KubeObject;
}

function metadataForm(metadata: unknown): JsonObject {
  if (!isMap(metadata)) return {};
  const { annotations, ...rest } = metadata;
  const written = Object.entries(rest).filter(([name]) => !isObserved(name));
  const kept = Object.entries(isMap(annotations) ? annotations : {}).filter(
    ([name]) => name !== LAST_APPLIED,
  );
  return {
    ...Object.fromEntries(written),
    ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
  };
}

/** Quantities in one spelling, without the defaults `optional: false`, `protocol: TCP` and null. */
function canonical(value: JsonObject): JsonObject {
  return withFields(value, Object.keys(value), canonicalField);
}

function canonicalField(name: string, value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return withItems(value, item => (isMap(item) ? canonical(item) : item));
  if (isMap(value) && SETTINGS.has(name)) return settings(value);
  if (isMap(value)) return AMOUNTS.has(name) ? withQuantities(value) : canonical(value);
  if (value === undefined || isDefault(name, value)) return undefined;
  return SIZES.has(name) && typeof value === 'string' ? quantityForm(value) : value;
}

/** Fields with values of charts. There `null` is no default: it deletes that of the chart (helm.sh, "Deleting a default key"). */
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

const SIZES = new Set(['size', 'sizeLimit']);

const AMOUNTS = new Set(['requests', 'limits']);

function withQuantities(amounts: JsonObject): JsonObject {
  return withFields(amounts, Object.keys(amounts), (_, amount) =>
    typeof amount === 'string' ? quantityForm(amount) : amount,
  );
}

/** A quantity in one spelling for each amount: `1e9` is `1G`, `1073741824` is `1Gi` (by resource.Quantity). */
export function quantityForm(text: string): string {
  if (!/^\d+(\.\d+)?([eE]\d+)?$/.test(text)) return canonicalQuantity(text);
  const amount = Number(text);
  if (!Number.isSafeInteger(amount)) return canonicalQuantity(text);
  const isBinary = amount > 0 && amount % 1024 === 0;
  return canonicalQuantity(isBinary ? `${amount / 1024}Ki` : String(amount));
}
