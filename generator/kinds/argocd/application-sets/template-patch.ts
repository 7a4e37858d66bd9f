import { isMap, type Json, type JsonObject, textAt } from '../../../ground/json.ts';
import { parseStream } from '../../../ground/yaml/yaml-text.ts';
import { type PlacedObject, specOf } from '../../kind.ts';
import { type Parameters, textWith } from './parameters.ts';

/** An Application with the patch of its ApplicationSet. */
interface Patched {
  readonly value: JsonObject;
  /** The patch may say another source or destination, and is not looked at. */
  readonly isUnseen: boolean;
}

/**
 * An Application with the `templatePatch` of its ApplicationSet, which counts for Go's templates
 * alone (docs/facts/argocd.md#templates). One that cannot be filled in, or is a JSON patch, is left out.
 */
export function patched(value: JsonObject, set: PlacedObject, parameters: Parameters): Patched {
  const text = textAt(specOf(set), 'templatePatch');
  if (text === undefined || specOf(set)['goTemplate'] !== true) return { value, isUnseen: false };
  const filled = textWith(text, parameters, 'go');
  const { value: [patch] = [] } = parseStream(filled);
  if (filled.includes('{{') || !isMap(patch))
    return { value, isUnseen: /\b(sources?|destination)\b/.test(text) };
  return { value: laidOver(value, patch), isUnseen: false };
}

/** A merge patch: a null takes a field away. */
function laidOver(value: JsonObject, patch: JsonObject): JsonObject {
  const fields = new Map<string, Json>(Object.entries(value));
  for (const [name, change] of Object.entries(patch)) {
    const old = fields.get(name);
    if (change === null) fields.delete(name);
    else fields.set(name, isMap(change) ? laidOver(isMap(old) ? old : {}, change) : change);
  }
  return Object.fromEntries(fields);
}
