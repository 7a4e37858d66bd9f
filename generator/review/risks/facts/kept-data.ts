import { coreNamespace } from '../../../kinds/core/namespace.ts';
import type { DataFate } from '../../../kinds/data-fate.ts';
import type { Find, Item } from '../../../kinds/kind.ts';
import type { Level, RelatedItem } from '../risk-rule.ts';

/** Whether an object keeps data that can be lost with it. */
export function keepsData(item: Item, find: Find): boolean {
  return item.known?.dataFate?.(item, find) !== undefined;
}

/** The same, or all that is in it. */
export function isHoldingData(item: Item, find: Find): boolean {
  return item.known === coreNamespace || keepsData(item, find);
}

/** How bad it is that something with data goes, by what becomes of that. */
export const FATE_LEVELS: Readonly<Record<DataFate['fate'], Level>> = {
  deleted: 'block',
  unknown: 'high',
  kept: 'warn',
};

/** What something with data becomes, beside a risk. */
export function newOne(becomes: Item | undefined): RelatedItem[] {
  if (becomes === undefined) return [];
  return [{ item: becomes, side: 'head', path: ['metadata', 'name'], note: 'the new one' }];
}
