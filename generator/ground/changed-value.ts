import type { Path } from './finding.ts';
import { isMap, isSame, type Json, type JsonObject } from './json.ts';

/**
 * The map with fields changed, and without those that become undefined; the same map, uncopied, when
 * none is: most hold none to change. Whole manifests pass here, so the loops make no iterators.
 */
export function withFields(
  value: JsonObject,
  names: readonly string[],
  change: (name: string, before: Json | undefined) => Json | undefined,
): JsonObject {
  let changed: Record<string, Json> | undefined;
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] as string;
    const before = value[name];
    const after = change(name, before);
    if (after === before) continue;
    changed ??= { ...value };
    if (after === undefined) delete changed[name];
    else changed[name] = after;
  }
  return changed ?? value;
}

/** The list with items changed; the same list, uncopied, when none is. */
export function withItems(list: readonly Json[], change: (item: Json) => Json): readonly Json[] {
  let changed: Json[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const before = list[index] as Json;
    const after = change(before);
    if (after === before) continue;
    changed ??= [...list];
    changed[index] = after;
  }
  return changed ?? list;
}

/** The map without the fields that say what holds anyway; the same map where none does. */
export function without(defaults: JsonObject, map: JsonObject): JsonObject {
  const kept = Object.entries(map).filter(
    ([name, value]) => !(Object.hasOwn(defaults, name) && isSame(value, defaults[name])),
  );
  return kept.length === Object.keys(map).length ? map : Object.fromEntries(kept);
}

/** The map with the map under a field changed, where there is one. */
export function withField(
  map: JsonObject,
  name: string,
  change: (value: JsonObject) => JsonObject,
): JsonObject {
  const value = Object.hasOwn(map, name) ? map[name] : undefined;
  if (value === undefined || !isMap(value)) return map;
  const changed = change(value);
  return changed === value ? map : { ...map, [name]: changed };
}

/** The map with each map in the list under a field changed, where there is one. */
export function withEntries(
  map: JsonObject,
  name: string,
  change: (entry: JsonObject) => JsonObject,
): JsonObject {
  const list = Object.hasOwn(map, name) ? map[name] : undefined;
  if (!Array.isArray(list)) return map;
  const changed = withItems(list, entry => (isMap(entry) ? change(entry) : entry));
  return changed === list ? map : { ...map, [name]: changed };
}

/**
 * The document with another value at a path, which is made as far as it is not there; undefined takes
 * the field away.
 */
export function withValueAt(document: Json | undefined, path: Path, value: Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value ?? null;
  if (typeof step === 'number') {
    const list = Array.isArray(document) ? document : [];
    return list.map((item: Json, index) =>
      index === step ? withValueAt(item, rest, value) : item,
    );
  }
  const map = isMap(document) ? document : {};
  if (rest.length > 0) {
    const inner = Object.hasOwn(map, step) ? map[step] : undefined;
    return { ...map, [step]: withValueAt(inner, rest, value) };
  }
  if (value !== undefined) return { ...map, [step]: value };
  const { [step]: _, ...others } = map;
  return others;
}
