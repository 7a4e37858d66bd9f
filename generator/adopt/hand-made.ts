import { mapAt } from '../ground/json.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import type { PlacedObject } from '../kinds/kind.ts';

/** Whether an object is a Secret with values, which a spec never holds. */
export function hasValues(object: PlacedObject): boolean {
  return object.known === coreSecret && valueKeys(object).length > 0;
}

/** The names of the keys of a Secret; their values go no further. */
export function valueKeys({ json }: PlacedObject): string[] {
  const keys = ['data', 'stringData'].flatMap(field => Object.keys(mapAt(json, field)));
  return [...new Set(keys)].sort();
}
