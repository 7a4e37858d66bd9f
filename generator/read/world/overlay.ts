import { isMap, type Json, type JsonObject } from '../../ground/json.ts';

/**
 * A kustomization with the fields of a deployment object: its lists come last, as what it says wins;
 * its prefixes and namespace take the place of the kustomization's own (Flux, `kustomize.Generator`).
 */
export function mergedKustomization(document: unknown, overlay: JsonObject): JsonObject {
  const own = isMap(document) ? document : {};
  const laid = Object.entries(overlay).map(([field, value]) => [field, merged(own[field], value)]);
  return { ...own, ...Object.fromEntries(laid) };
}

function merged(own: Json | undefined, laid: Json): Json {
  if (Array.isArray(laid)) return Array.isArray(own) ? [...own, ...laid] : laid;
  return isMap(own) && isMap(laid) ? { ...own, ...laid } : laid;
}
