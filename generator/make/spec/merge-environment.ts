import { isMap, type Json, type JsonObject } from '../../ground/json.ts';
import { clusterSpec } from './cluster-of.ts';
import type { Spec, SpecObject } from './spec.ts';

/**
 * The spec of one environment: that of its cluster and its own merged over the base, map by map; anything else,
 * lists too, is replaced, and null removes (JSON Merge Patch, RFC 7396). A value that is one choice
 * out of several, such as a variable's source, is replaced whole. Without a name: the base. Map
 * keys come sorted, because the order they are written in means nothing.
 */
export function mergeEnvironment(document: SpecObject, environment?: string): Spec {
  const change = (environment && document.spec.environments?.[environment]) || {};
  return canonical(
    merge(beforeEnvironment(document, environment), change as JsonObject, []),
    0,
  ) as Spec;
}

/** What an environment changes: the base, with what the spec says of the environment's cluster. */
export function beforeEnvironment(document: SpecObject, environment?: string): JsonObject {
  const {
    environments: _,
    environmentsFrom: __,
    environment: ___,
    argocd: ____,
    flux: _____,
    clusters: ______,
    componentObjects: _______,
    ...base
  } = document.spec;
  const change = environment === undefined ? {} : clusterSpec(document, environment);
  return merge(base as JsonObject, change as JsonObject, []);
}

function merge(base: JsonObject, change: JsonObject, path: readonly string[]): JsonObject {
  const merged: Record<string, Json> = { ...base };
  for (const [name, value] of Object.entries(change)) {
    if (value === null && isOwnObject(path)) {
      delete merged[name];
      continue;
    }
    const before = merged[name];
    const isMerged = isMap(value) && isMap(before) && !isOneChoice(path);
    merged[name] = isMerged ? merge(before, value, [...path, name]) : value;
  }
  return merged;
}

/** Whether the entries of a collection each choose one source, and are replaced whole: `workloads.api.env`. */
export function isOneChoice([, , field = '', ...below]: readonly string[]): boolean {
  return below.length === 0 && ['env', 'mounts', 'keys', 'template'].includes(field);
}

/** Whether a path is that of an object of one's own, or in one, in which null is a value like others. */
function isOwnObject([section, , field]: readonly string[]): boolean {
  return section === 'resources' && field === 'object';
}

/** Where a value stands: in the short form, among an entry's patches by kind, or in one of them. */
type Within = 'short form' | 'patches' | 'patch';

/** Fields of entries that are in an object's own terms. */
const OWN_TERMS: ReadonlyMap<string, Within> = new Map([
  ['patch', 'patches'],
  ['object', 'patch'],
  ['objects', 'patch'],
]);

/**
 * The same value with sorted keys and without null entries. Inside a patch null stays: there it
 * removes a field of the generated object; and inside an object of one's own, such as a HelmRelease,
 * where it may mean something.
 */
function canonical(value: Json, depth: number, within: Within = 'short form'): Json {
  const below = within === 'patches' ? 'patch' : within;
  if (Array.isArray(value)) return value.map(item => canonical(item, depth + 1, below));
  if (!isMap(value)) return value;
  const names = Object.keys(value).filter(name => within === 'patch' || value[name] !== null);
  return Object.fromEntries(
    names.sort().map(name => {
      const inside = depth === 2 ? (OWN_TERMS.get(name) ?? below) : below;
      return [name, canonical(value[name] ?? null, depth + 1, inside)];
    }),
  );
}

/** All that may say something of an environment: the base, the clusters and the environments. */
export function layersOf({ spec }: SpecObject): Spec[] {
  const changes = [spec.clusters, spec.environments].flatMap(all => Object.values(all ?? {}));
  return [spec, ...changes.filter(change => change !== null)];
}
