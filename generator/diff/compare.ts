import { groupBy, isMap, isSame, type Json, sortBy } from '../core/json.ts';
import { asJson } from '../core/kube-object.ts';
import { onceFor } from '../core/once.ts';
import type { Validators } from '../core/schema.ts';
import { graphOf, objectIdentity } from '../graph/graph.ts';
import { specReader } from '../kinds/eso/external-secret-spec.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { ObjectSet } from '../world/object-set.ts';
import {
  type Change,
  type Changed,
  type Comparison,
  objectOfChange,
  objectsOf,
  type Units,
} from './comparison.ts';
import { fieldChanges } from './field-changes.ts';
import { effectiveForm } from './forms.ts';

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

/** How much of two objects must be equal for one to be taken for the other under a new name. */
const LIKELY = 0.5;

/** Above this many candidates of a kind only equal names are looked at: pairing is quadratic. */
const MANY = 200;

/**
 * Removed and added objects that are likely one, renamed or moved: of the same kind, and most of
 * what they say equal; another unit (`placeOf`) has one only under its old name. Each way: removed →
 * added and added → removed.
 */
function likelyPairs(
  removed: readonly PlacedObject[],
  added: readonly PlacedObject[],
  placeOf: (object: PlacedObject) => string | undefined,
): Map<PlacedObject, PlacedObject> {
  const pairs = new Map<PlacedObject, PlacedObject>();
  const isNear = (a: PlacedObject, b: PlacedObject): boolean =>
    a.name === b.name || placeOf(a) === placeOf(b);
  const candidates = candidatesOf(removed, added, isNear);
  candidates.sort((a, b) => b.likeness - a.likeness);
  for (const { before, after } of candidates) {
    if (pairs.has(before) || pairs.has(after)) continue;
    pairs.set(before, after);
    pairs.set(after, before);
  }
  return pairs;
}

interface Candidate {
  readonly before: PlacedObject;
  readonly after: PlacedObject;
  readonly likeness: number;
}

function candidatesOf(
  removed: readonly PlacedObject[],
  added: readonly PlacedObject[],
  isNear: (a: PlacedObject, b: PlacedObject) => boolean,
): Candidate[] {
  const leaves = new Map([...removed, ...added].map(object => [object, leavesOf(object)]));
  const isMany = removed.length > MANY && added.length > MANY;
  return removed.flatMap(before =>
    added
      .filter(after => isSameKind(before, after) && isNear(before, after))
      .filter(after => !isMany || after.name === before.name)
      .map(after => {
        const share = overlap(leaves.get(before), leaves.get(after));
        return { before, after, likeness: after.name === before.name ? 1 + share : share };
      })
      .filter(({ likeness }) => likeness >= LIKELY),
  );
}

function isSameKind(a: PlacedObject, b: PlacedObject): boolean {
  return a.kind === b.kind && a.group === b.group;
}

/** Every value with its field; names and namespace of the object apart. */
function leavesOf({ json }: PlacedObject): Set<string> {
  const { apiVersion: _, kind: _kind, metadata: _metadata, ...rest } = json;
  return new Set(leaves(rest as Json, ''));
}

function* leaves(value: Json, field: string): Iterable<string> {
  if (Array.isArray(value)) for (const item of value) yield* leaves(item, `${field}[]`);
  else if (isMap(value))
    for (const [name, child] of Object.entries(value)) yield* leaves(child, `${field}.${name}`);
  else yield `${field}=${value}`;
}

/** The share of equal leaves; two objects that say nothing, as Namespaces, have none. */
function overlap(a: ReadonlySet<string> = new Set(), b: ReadonlySet<string> = new Set()): number {
  const shared = [...a].filter(leaf => b.has(leaf)).length;
  return shared / Math.max(a.size, b.size, 1);
}
