import { isMap } from './json.ts';

/**
 * Whether two values are equal: the order of a map's fields means nothing, that of a list does. Node's
 * own comparison is a module that a short run has no time to load.
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return (
      Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]))
    );
  if (!isMap(a) || !isMap(b)) return false;
  let fields = 0;
  for (const name in a) {
    if (!Object.hasOwn(b, name) || !isSame(a[name], b[name])) return false;
    fields += 1;
  }
  return fields === Object.keys(b).length;
}
