import { isMap, type Json, type JsonObject } from '../../ground/json.ts';
import type { Spec, SpecObject } from './spec.ts';

/**
 * The spec of one environment: its partial spec merged over the base, map by map; anything else,
 * lists too, is replaced, and null removes (JSON Merge Patch, RFC 7396). A value that is one choice
 * out of several, such as a variable's source, is replaced whole. Without a name: the base. Map
 * keys come sorted, because the order they are written in means nothing.
 */
export function mergeEnvironment({ spec }: SpecObject, environment?: string): Spec {
  const { environments, environmentsFrom: _, environment: __, argocd: ___, ...base } = spec;
  const change = environment === undefined ? {} : (environments?.[environment] ?? {});
  return canonical(merge(base as JsonObject, change as JsonObject, []), 0) as Spec;
}

function merge(base: JsonObject, change: JsonObject, path: readonly string[]): JsonObject {
  const merged: Record<string, Json> = { ...base };
  for (const [name, value] of Object.entries(change)) {
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

/** Where a value stands: in the short form, among an entry's patches by kind, or in one of them. */
type Within = 'short form' | 'patches' | 'patch';

/**
 * The same value with sorted keys and without null entries. Inside a patch null stays: there it
 * removes a field of the generated object.
 */
function canonical(value: Json, depth: number, within: Within = 'short form'): Json {
  const below = within === 'patches' ? 'patch' : within;
  if (Array.isArray(value)) return value.map(item => canonical(item, depth + 1, below));
  if (!isMap(value)) return value;
  const names = Object.keys(value).filter(name => within === 'patch' || value[name] !== null);
  return Object.fromEntries(
    names.sort().map(name => {
      const isPatches = depth === 2 && name === 'patch';
      return [name, canonical(value[name] ?? null, depth + 1, isPatches ? 'patches' : below)];
    }),
  );
}
