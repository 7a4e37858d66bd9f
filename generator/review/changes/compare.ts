import { graphOf, itemIdentity } from '../../graph/graph-of.ts';
import { asJson } from '../../ground/kube-object.ts';
import { isSame } from '../../ground/same.ts';
import type { Validators } from '../../ground/schema/schema-check.ts';
import { sortBy } from '../../ground/sort-by.ts';
import { specReader } from '../../kinds/eso/external-secret-spec.ts';
import type { Item } from '../../kinds/kind.ts';
import type { ObjectSet } from '../../read/sets/object-set.ts';
import {
  type Change,
  type Changed,
  type Comparison,
  itemOfChange,
  itemsOf,
  type Units,
} from './comparison.ts';
import { effectiveForm } from './effective-form.ts';
import { fieldChanges } from './field-changes.ts';
import { likelyPairs } from './renames.ts';

/** The two sides of an environment. */
export interface Sides {
  readonly name: string;
  readonly base: ObjectSet;
  readonly head: ObjectSet;
  readonly units?: Units;
}

/** What changes in an environment: object by object, and in the flow of its secrets. */
export function compare(sides: Sides, validators: Validators): Comparison {
  const { name, base, head, units } = sides;
  const isOwn = ({ file }: Item): boolean => units?.get(file)?.isOwn ?? true;
  const read = specReader();
  const before = byIdentity(base.items);
  const after = byIdentity(head.items);
  const removed = [...before].flatMap(([id, item]) => (after.has(id) ? [] : [item]));
  const added = [...after].flatMap(([id, item]) => (before.has(id) ? [] : [item]));
  const pairs = likelyPairs(removed, added, item => environmentIn(units, item));
  const changed: Changed[] = [];
  const same: Changed[] = [];
  for (const [id, item] of before) {
    const other = after.get(id);
    if (other === undefined) continue;
    const isMoved = appliedBy(units, item) !== appliedBy(units, other);
    if (!isMoved && isSame(asJson(item.object), asJson(other.object))) continue;
    const change = { ...changeOf(item, other), ...(isMoved && { isMoved }) };
    (change.fields.length === 0 && !isMoved ? same : changed).push(change);
  }
  const changes: Change[] = [
    ...removed.map((item): Change => ({ what: 'removed', base: item, ...become(pairs.get(item)) })),
    ...added.map((item): Change => ({ what: 'added', head: item, ...was(pairs.get(item)) })),
    ...changed,
  ];
  const graphs = [graphOf(base, validators, read), graphOf(head, validators, read)] as const;
  const own = new Set([...base.items, ...head.items].filter(isOwn));
  return {
    name,
    base: graphs[0],
    head: graphs[1],
    changes: sorted(
      changes.filter(change => itemsOf(change).some(isOwn)),
      units,
    ),
    own: new Set([...own, ...graphs.flatMap(({ items }) => items.filter(isBroughtBy(own)))]),
    ...(units !== undefined && { units }),
    same,
    reordered: same.filter(change => !isSame(asJson(change.before), asJson(change.after))),
  };
}

/** Whether an object stands in another, as a chart's does in its release. */
function isBroughtBy(own: ReadonlySet<Item>): (item: Item) => boolean {
  return ({ written }) => written !== undefined && own.has(written.by);
}

/** What applies an object: its deployment object, or the unit as a whole. */
function appliedBy(units: Units | undefined, { file }: Item): string | undefined {
  const unit = units?.get(file);
  return unit?.deployer === undefined ? unit?.environment : itemIdentity(unit.deployer);
}

function environmentIn(units: Units | undefined, { file }: Item): string | undefined {
  return units?.get(file)?.environment;
}

function become(item: Item | undefined): { readonly becomes?: Item } {
  return item === undefined ? {} : { becomes: item };
}

function was(item: Item | undefined): { readonly was?: Item } {
  return item === undefined ? {} : { was: item };
}

/** Of several objects with one identity the last: what a stream applies last stays. */
function byIdentity(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map(item => [itemIdentity(item), item]));
}

/** What differs between two objects. */
export function changeOf(base: Item, head: Item): Changed {
  const before = effectiveForm(base.object);
  const after = effectiveForm(head.object);
  return {
    what: 'changed',
    base,
    head,
    before,
    after,
    fields: fieldChanges(asJson(before), asJson(after)),
  };
}

function sorted(changes: readonly Change[], units: Units | undefined): Change[] {
  return sortBy(changes, change => {
    const item = itemOfChange(change);
    const { namespace, kind, name } = item;
    return [environmentIn(units, item) ?? '', namespace, kind, name, change.what].join('\0');
  });
}
