import { graphOf, objectIdentity } from '../../graph/graph-of.ts';
import { groupBy } from '../../ground/group-by.ts';
import { isSame } from '../../ground/json.ts';
import { asJson } from '../../ground/kube-object.ts';
import { onceFor } from '../../ground/once-per.ts';
import type { Validators } from '../../ground/schema/schema-check.ts';
import { sortBy } from '../../ground/sort-by.ts';
import { specReader } from '../../kinds/eso/external-secret-spec.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { ObjectSet } from '../../read/sets/object-set.ts';
import {
  type Change,
  type Changed,
  type Comparison,
  objectOfChange,
  objectsOf,
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
  const isOwn = ({ file }: PlacedObject): boolean => units?.get(file)?.isOwn ?? true;
  const read = specReader();
  const before = byIdentity(base.objects);
  const after = byIdentity(head.objects);
  const removed = [...before].flatMap(([id, object]) => (after.has(id) ? [] : [object]));
  const added = [...after].flatMap(([id, object]) => (before.has(id) ? [] : [object]));
  const pairs = likelyPairs(removed, added, object => environmentIn(units, object));
  const isAlsoApplied = ({ objects }: ObjectSet): ((object: PlacedObject) => boolean) => {
    const known = onceFor(() => groupBy(objects, objectIdentity));
    return object =>
      (known().get(objectIdentity(object)) ?? []).some(
        one => appliedBy(units, one) === appliedBy(units, object),
      );
  };
  const [wasApplied, isStillApplied] = [isAlsoApplied(base), isAlsoApplied(head)];
  const changed: Changed[] = [];
  const same: Changed[] = [];
  for (const [id, object] of before) {
    const other = after.get(id);
    if (other === undefined) continue;
    const isOther = appliedBy(units, object) !== appliedBy(units, other);
    const isMoved = isOther && !isStillApplied(object) && !wasApplied(other);
    if (!isMoved && isSame(asJson(object.json), asJson(other.json))) continue;
    const change = { ...changeOf(object, other), ...(isMoved && { isMoved }) };
    (change.fields.length === 0 && !isMoved ? same : changed).push(change);
  }
  const changes: Change[] = [
    ...removed.map(
      (object): Change => ({ what: 'removed', base: object, ...become(pairs.get(object)) }),
    ),
    ...added.map((object): Change => ({ what: 'added', head: object, ...was(pairs.get(object)) })),
    ...changed,
  ];
  const graphs = [graphOf(base, validators, read), graphOf(head, validators, read)] as const;
  const own = new Set([...base.objects, ...head.objects].filter(isOwn));
  return {
    name,
    base: graphs[0],
    head: graphs[1],
    changes: sorted(
      changes.filter(change => objectsOf(change).some(isOwn)),
      units,
    ),
    own: new Set([...own, ...graphs.flatMap(({ objects }) => objects.filter(isBroughtBy(own)))]),
    ...(units !== undefined && { units }),
    same,
    reordered: same.filter(change => !isSame(asJson(change.before), asJson(change.after))),
  };
}

/** Whether an object stands in another, as a chart's does in its release. */
function isBroughtBy(own: ReadonlySet<PlacedObject>): (object: PlacedObject) => boolean {
  return ({ written }) => written !== undefined && own.has(written.by);
}

/** What applies an object: its deployment object, or the unit as a whole. */
function appliedBy(units: Units | undefined, { file }: PlacedObject): string | undefined {
  const unit = units?.get(file);
  return unit?.deployer === undefined ? unit?.environment : objectIdentity(unit.deployer);
}

function environmentIn(units: Units | undefined, { file }: PlacedObject): string | undefined {
  return units?.get(file)?.environment;
}

function become(object: PlacedObject | undefined): { readonly becomes?: PlacedObject } {
  return object === undefined ? {} : { becomes: object };
}

function was(object: PlacedObject | undefined): { readonly was?: PlacedObject } {
  return object === undefined ? {} : { was: object };
}

/** Of several objects with one identity the last: what a stream applies last stays. */
function byIdentity(objects: readonly PlacedObject[]): Map<string, PlacedObject> {
  return new Map(objects.map(object => [objectIdentity(object), object]));
}

/** What differs between two objects. */
export function changeOf(base: PlacedObject, head: PlacedObject): Changed {
  const before = effectiveForm(base.json);
  const after = effectiveForm(head.json);
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
    const object = objectOfChange(change);
    const { namespace, kind, name } = object;
    return [environmentIn(units, object) ?? '', namespace, kind, name, change.what].join('\0');
  });
}
