import { isMap, type Json, type JsonObject, withSortedNames } from '../core/json.ts';
import { clusterNameOf } from './shared-clusters.ts';
import type { Spec, SpecObject } from './spec.ts';

/**
 * The spec of one environment, or without a name the base: the specs of its cluster and itself, merged over the base
 * map by map. All other values, lists too, are replaced, and null removes (JSON Merge Patch, RFC 7396). A value that
 * is one choice of several, such as a variable's source, is replaced whole. Names stand as they are written: those of
 * the base, then the new ones; with `order: sorted` by name.
 */
export function mergeEnvironment(document: SpecObject, environment?: string): Spec {
  const change = (environment && document.spec.environments?.[environment]) || {};
  const merged = merge(beforeEnvironment(document, environment), change as JsonObject, []);
  const spec = withoutNulls(merged, 0);
  return (document.spec.order === 'sorted' ? withSortedNames(spec) : spec) as Spec;
}

/** The spec over which an environment is merged: the base, with that of the environment's cluster. */
export function beforeEnvironment(document: SpecObject, environment?: string): JsonObject {
  const {
    environments: _,
    environmentsFrom: __,
    environment: ___,
    order: ________,
    argocd: ____,
    flux: _____,
    clusters: ______,
    componentObjects: _______,
    ...base
  } = document.spec;
  const change = environment === undefined ? {} : clusterSpec(document, environment);
  return merge(base as JsonObject, change as JsonObject, []);
}

/** The spec of an environment's cluster. */
function clusterSpec(document: SpecObject, environment: string): Spec {
  const { clusters = {} } = document.spec;
  const name = clusterNameOf(document, environment);
  return (Object.hasOwn(clusters, name) ? clusters[name] : undefined) ?? {};
}

function merge(base: JsonObject, change: JsonObject, path: readonly string[]): JsonObject {
  const merged: Record<string, Json> = { ...base };
  for (const [name, value] of Object.entries(change)) {
    if (value === null && isInObject(path)) {
      delete merged[name];
      continue;
    }
    const before = merged[name];
    const isMerged = isMap(value) && isMap(before) && !isOneChoice(path);
    merged[name] = isMerged ? merge(before, value, [...path, name]) : value;
  }
  return merged;
}

/** Whether the entries of a collection are replaced whole, as each is one choice of several: `workloads.api.env`. */
export function isOneChoice([, , field = '', ...below]: readonly string[]): boolean {
  return below.length === 0 && ['env', 'mounts', 'keys', 'template'].includes(field);
}

/** Whether a path is in an object under `resources`, in which null is a value. */
function isInObject([section, , field]: readonly string[]): boolean {
  return section === 'resources' && field === 'object';
}

/**
 * The value without null entries. Null stays in a patch, where it removes a field, and in an
 * object under `resources`, where it may mean something.
 */
function withoutNulls(value: Json, depth: number, within: Within = 'short form'): Json {
  const below = within === 'patches' ? 'patch' : within;
  if (Array.isArray(value)) return value.map(item => withoutNulls(item, depth + 1, below));
  if (!isMap(value)) return value;
  const names = Object.keys(value).filter(name => within === 'patch' || value[name] !== null);
  return Object.fromEntries(
    names.map(name => {
      const inside = depth === 2 ? (OWN_TERMS.get(name) ?? below) : below;
      return [name, withoutNulls(value[name] ?? null, depth + 1, inside)];
    }),
  );
}

/** Where a value is: in the short form, in an entry's patches by kind, or in an object's own terms. */
type Within = 'short form' | 'patches' | 'patch';

const OWN_TERMS: ReadonlyMap<string, Within> = new Map([
  ['patch', 'patches'],
  ['object', 'patch'],
  ['objects', 'patch'],
]);
