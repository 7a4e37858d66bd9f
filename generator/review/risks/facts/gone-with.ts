import { itemIdentity } from '../../../graph/graph-of.ts';
import type { Item } from '../../../kinds/kind.ts';
import { type Comparison, deployerOf } from '../../changes/comparison.ts';
import { type Placed, relatedItems } from '../places.ts';
import type { RelatedItem } from '../risk-rule.ts';
import { isHoldingData } from './kept-data.ts';

/** What goes with a deployment object that is removed: all that it applied. */
export interface Gone {
  /** Data goes with these, and with a Namespace all that is in it. */
  readonly data: readonly Item[];
  /** What makes Secrets. */
  readonly makers: readonly Item[];
  readonly others: readonly Item[];
  /** What something else applies on head; the rest nothing on head has. */
  readonly remade: readonly Item[];
  /** Those of them that data goes with. */
  readonly emptied: readonly Item[];
}

/** What goes with a deployment object of base, as far as its folders were read. */
export function goneWith(comparison: Comparison, deployer: Item): Gone {
  const { base, head } = comparison;
  const isStill = new Set(head.items.map(itemIdentity));
  const applied = base.items.filter(item => isBy(deployerOf(comparison, item), deployer));
  const remade = applied.filter(item => isStill.has(itemIdentity(item)));
  const gone = applied.filter(item => !isStill.has(itemIdentity(item)));
  const holdsData = (item: Item): boolean => isHoldingData(item, base.find);
  const data = gone.filter(holdsData);
  const making = new Set(
    [...base.secrets.values()].flatMap(({ makers: own }) => own.map(({ item }) => item)),
  );
  const makers = gone.filter(item => !holdsData(item) && making.has(item));
  const named = new Set([...data, ...makers]);
  const others = gone.filter(item => !named.has(item));
  return { data, makers, others, remade, emptied: remade.filter(holdsData) };
}

/** Whether a deployment object applies something, or one that it makes does. */
function isBy(deployer: Item | undefined, one: Item): boolean {
  if (deployer === undefined) return false;
  const id = itemIdentity(one);
  const by = deployer.written?.by;
  return itemIdentity(deployer) === id || (by !== undefined && itemIdentity(by) === id);
}

/** Everything that it applied is applied by something else now. */
export function isTakenOver({ data, makers, others, remade }: Gone): boolean {
  return remade.length > 0 && data.length + makers.length + others.length === 0;
}

/** What of it hurts, beside a risk. */
export function relatedGone({ data, makers, emptied }: Gone): RelatedItem[] {
  const placed = (items: readonly Item[]): Placed[] =>
    items.map(item => ({ item, path: ['metadata', 'name'] }));
  const [first, ...more] = relatedItems(
    placed(makers),
    'base',
    'goes with it, and its Secrets too',
  );
  const others = more.length === 0 ? '' : `, and so it is with ${more.length} more`;
  return [
    ...relatedItems(placed(data), 'base', 'goes with it, and its data too'),
    ...relatedItems(placed(emptied), 'base', 'goes with it, and comes again without its data'),
    ...(first === undefined ? [] : [{ ...first, note: `${first.note}${others}` }]),
  ];
}
