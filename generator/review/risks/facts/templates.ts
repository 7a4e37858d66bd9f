import { isUnresolved } from '../../../ground/unresolved.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';

/**
 * Whether a variable stands in the name or namespace of an object: what it is a form for is told by
 * those who fill it in, and nothing of that name is deleted.
 */
export function isTemplate({ namespace, name }: PlacedObject): boolean {
  return isUnresolved(namespace + name);
}
