import defaults from '#validators/defaults';
import { isMap } from '../spec/merge-environment.ts';
import type { Json, JsonObject } from '../spec/spec.ts';
import { goDuration } from './go-duration.ts';
import type { KubeObject } from './kube-object.ts';
import { canonicalQuantity } from './quantity.ts';

/** Where a CRD has defaults: only the branches of its schema that lead to one. */
export interface Defaults {
  readonly default?: Json;
  readonly fields?: Readonly<Record<string, Defaults>>;
  readonly items?: Defaults;
}

/**
 * The object as the API server stores it: CRD defaults written out, durations and quantities in
 * their canonical spelling. Argo CD compares with what is stored, and anything that is filled in
 * later shows as a difference for ever (domain-facts.md, sections 2 and 6).
 */
export function storedForm(object: KubeObject): KubeObject {
  const kind = `${object.apiVersion}/${object.kind}`;
  const tree = Object.hasOwn(defaults, kind) ? defaults[kind] : undefined;
  const filled =
    tree === undefined
      ? object
      : (withDefaults(object as JsonObject, tree) as unknown as KubeObject);
  return { ...filled, ...(isMap(filled['spec']) && { spec: canonicalUnits(filled['spec']) }) };
}

/** Kubernetes' defaulting: a missing field gets its default, then its own fields get theirs. */
function withDefaults(value: Json, tree: Defaults): Json {
  if (Array.isArray(value)) {
    const { items } = tree;
    return items === undefined ? value : value.map(item => withDefaults(item, items));
  }
  if (!isMap(value) || tree.fields === undefined) return value;
  const filled: Record<string, Json> = { ...value };
  for (const [name, field] of Object.entries(tree.fields)) {
    const before = filled[name] ?? field.default;
    if (before !== undefined) filled[name] = withDefaults(before, field);
  }
  return filled;
}

function canonicalUnits(value: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const [name, child] of Object.entries(value)) result[name] = canonicalField(name, child);
  return result;
}

function canonicalField(name: string, value: Json): Json {
  if (Array.isArray(value)) return value.map(item => (isMap(item) ? canonicalUnits(item) : item));
  if (name === 'refreshInterval' && typeof value === 'string') return goDuration(value);
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
