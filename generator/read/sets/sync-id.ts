import type { PlacedObject } from '../../kinds/kind.ts';

/** Tells a deployment object from others: one of those that a set makes by its own name. */
export function syncId({ kind, namespace }: PlacedObject, name: string): string {
  return JSON.stringify([kind, namespace, name]);
}
