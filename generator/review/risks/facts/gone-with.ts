import { objectIdentity } from '../../../graph/graph-of.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import { type Comparison, deployerOf } from '../../changes/comparison.ts';
import { type Placed, relatedObjects } from '../places.ts';
import type { RelatedObject } from '../risk-rule.ts';
import { isHoldingData } from './kept-data.ts';

/** What goes with a deployment object that is removed: all that it applied. */
export interface Gone {
  /** Data goes with these, and with a Namespace all that is in it. */
  readonly data: readonly PlacedObject[];
  /** What makes Secrets. */
  readonly makers: readonly PlacedObject[];
  readonly others: readonly PlacedObject[];
  /** What something else applies on head; the rest nothing on head has. */
  readonly remade: readonly PlacedObject[];
  /** Those of them that data goes with. */
  readonly emptied: readonly PlacedObject[];
}

/** What goes with a deployment object of base, as far as its folders were read. */
export function goneWith(comparison: Comparison, deployer: PlacedObject): Gone {
  const { base, head } = comparison;
  const isStill = new Set(head.objects.map(objectIdentity));
  const applied = base.objects.filter(object => isBy(deployerOf(comparison, object), deployer));
  const remade = applied.filter(object => isStill.has(objectIdentity(object)));
  const gone = applied.filter(object => !isStill.has(objectIdentity(object)));
  const holdsData = (object: PlacedObject): boolean => isHoldingData(object, base.find);
  const data = gone.filter(holdsData);
  const making = new Set(
    [...base.secrets.values()].flatMap(({ makers: own }) => own.map(({ object }) => object)),
  );
  const makers = gone.filter(object => !holdsData(object) && making.has(object));
  const named = new Set([...data, ...makers]);
  const others = gone.filter(object => !named.has(object));
  return { data, makers, others, remade, emptied: remade.filter(holdsData) };
}

/** The same without what stays when its deployment object is deleted. */
export function withoutKept(gone: Gone, isKept: (object: PlacedObject) => boolean): Gone {
  const going = (objects: readonly PlacedObject[]): PlacedObject[] =>
    objects.filter(object => !isKept(object));
  return {
    data: going(gone.data),
    makers: going(gone.makers),
    others: going(gone.others),
    remade: going(gone.remade),
    emptied: going(gone.emptied),
  };
}

/** Nothing goes, or nothing was read of it. */
export function isNothing({ data, makers, others, remade }: Gone): boolean {
  return data.length + makers.length + others.length + remade.length === 0;
}

/** Whether a deployment object applies something, or one that it makes does. */
function isBy(deployer: PlacedObject | undefined, one: PlacedObject): boolean {
  if (deployer === undefined) return false;
  const id = objectIdentity(one);
  const by = deployer.written?.by;
  return objectIdentity(deployer) === id || (by !== undefined && objectIdentity(by) === id);
}

/** Everything that it applied is applied by something else now. */
export function isTakenOver({ data, makers, others, remade }: Gone): boolean {
  return remade.length > 0 && data.length + makers.length + others.length === 0;
}

/** What of it hurts, beside a risk. */
export function relatedGone({ data, makers, emptied }: Gone): RelatedObject[] {
  const placed = (objects: readonly PlacedObject[]): Placed[] =>
    objects.map(object => ({ object, path: ['metadata', 'name'] }));
  const [first, ...more] = relatedObjects(
    placed(makers),
    'base',
    'goes with it, and its Secrets too',
  );
  const others = more.length === 0 ? '' : `, and so it is with ${more.length} more`;
  return [
    ...relatedObjects(placed(data), 'base', 'goes with it, and its data too'),
    ...relatedObjects(placed(emptied), 'base', 'goes with it, and comes again without its data'),
    ...(first === undefined ? [] : [{ ...first, note: `${first.note}${others}` }]),
  ];
}
