import { mapAt } from '../ground/json.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import type { Item } from '../kinds/kind.ts';

/** Whether an object is a Secret with values, which a spec never holds. */
export function hasValues(item: Item): boolean {
  return item.known === coreSecret && valueKeys(item).length > 0;
}

/** The names of the keys of a Secret; their values go no further. */
export function valueKeys({ object }: Item): string[] {
  const keys = ['data', 'stringData'].flatMap(field => Object.keys(mapAt(object, field)));
  return [...new Set(keys)].sort();
}
