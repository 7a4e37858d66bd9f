import type { Comparison } from '../diff/comparison.ts';
import type { Item } from '../graph/item.ts';
import type { RelatedItem } from './risk-rule.ts';

/** Who cannot do on head without a Secret, each object once; the object at risk is none of them. */
export function readersOf(
  { head }: Comparison,
  namespace: string,
  secret: string,
  except: Item,
): RelatedItem[] {
  const readers = head.readers.filter(
    reader =>
      reader.namespace === namespace &&
      reader.secret === secret &&
      !reader.isOptional &&
      reader.item !== except,
  );
  const byItem = new Map(readers.map(reader => [reader.item, reader]));
  return [...byItem.values()].map(({ item, path }) => ({
    item,
    side: 'head',
    path,
    note: `reads Secret "${secret}"`,
  }));
}
