import { coreNamespace } from '../../../kinds/core/namespace.ts';
import type { DataFate } from '../../../kinds/data-fate.ts';
import type { Find, PlacedObject } from '../../../kinds/kind.ts';
import type { Level, RelatedObject } from '../risk-rule.ts';

/** Whether an object keeps data that can be lost with it. */
export function keepsData(object: PlacedObject, find: Find): boolean {
  return object.known?.dataFate?.(object, find) !== undefined;
}

/** Whether data goes with an object, or all that is in it; claims that stay, another one of its name has again. */
export function isHoldingData(object: PlacedObject, find: Find): boolean {
  const fate = object.known?.dataFate?.(object, find);
  return object.known === coreNamespace || (fate !== undefined && fate.hasClaimsAgain !== true);
}

/** How bad it is that something with data goes, by what becomes of that. */
export const FATE_LEVELS: Readonly<Record<DataFate['fate'], Level>> = {
  deleted: 'block',
  unknown: 'high',
  kept: 'warn',
};

/** What something with data becomes, beside a risk. */
export function newOne(becomes: PlacedObject | undefined): RelatedObject[] {
  if (becomes === undefined) return [];
  return [{ object: becomes, side: 'head', path: ['metadata', 'name'], note: 'the new one' }];
}
