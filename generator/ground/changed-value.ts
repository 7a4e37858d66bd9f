import type { Json, JsonObject } from './json.ts';

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
