import { isMap, isSame, type Json, type JsonObject } from '../ground/json.ts';
import { isOneChoice } from '../make/spec/merge-environment.ts';

/** What a field of a generated object is, of an environment's own: null where it has none. */
export type FieldOf = (entry: readonly string[], kind: string, path: readonly string[]) => Json;

/**
 * What an environment says to have its spec of the base's, as `mergeEnvironment` puts the two together.
 * Null takes away what the base has; but in a patch it takes a field from the object, so there a field
 * that only the base's patch has is written as the environment's object has it.
 */
export function difference(base: JsonObject, want: JsonObject, fieldOf: FieldOf): JsonObject {
  return mapDifference(base, want, { path: [], fieldOf }) ?? {};
}

interface Place {
  readonly path: readonly string[];
  readonly fieldOf: FieldOf;
}

function mapDifference(base: JsonObject, want: JsonObject, place: Place): JsonObject | undefined {
  const change: Record<string, Json> = {};
  for (const name of new Set([...Object.keys(base), ...Object.keys(want)])) {
    const [before, after] = [own(base, name), own(want, name)];
    const found = valueDifference(name, before, after, place);
    if (found !== undefined) change[name] = found;
  }
  return Object.keys(change).length === 0 ? undefined : change;
}

function valueDifference(
  name: string,
  before: Json | undefined,
  after: Json | undefined,
  { path, fieldOf }: Place,
): Json | undefined {
  if (isSame(before, after)) return undefined;
  const below = [...path, name];
  if (after === undefined) return removal(below, fieldOf);
  const isMerged = isMap(before) && isMap(after) && !isOneChoice(path);
  return isMerged ? mapDifference(before, after, { path: below, fieldOf }) : after;
}

function removal(path: readonly string[], fieldOf: FieldOf): Json {
  const [section = '', name = '', field, kind, ...inObject] = path;
  const isInPatch = field === 'patch' && kind !== undefined && inObject.length > 0;
  return isInPatch ? fieldOf([section, name], kind, inObject) : null;
}

function own(map: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
