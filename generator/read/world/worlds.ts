import { groupBy } from '../../ground/group-by.ts';
import { isSame } from '../../ground/json.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { ObjectSource } from '../sets/parse-source.ts';
import { appliedOf } from './deployers.ts';
import type { Unit } from './unit.ts';

/** Units that are on one cluster together, as far as is known, and those that may be there too. */
export interface World {
  readonly units: readonly Unit[];
  readonly others: readonly Unit[];
  /** It is known to be a cluster of its own, beside others. */
  readonly isApart: boolean;
}

/**
 * The worlds of units. Deployment objects of one name that say different things are on different
 * clusters, and with them all of their trees; so is what names another cluster. What nothing
 * applies, or a cluster that is not known is given, may be anywhere: it is put where none of its objects is another's that differs.
 */
export function worldsOf(units: readonly Unit[]): World[] {
  if (units.length === 1) return [{ units, others: [], isApart: false }];
  const classes = treeClasses(units);
  const isFree = ({ tree, cluster }: Unit): boolean =>
    isUnresolved(cluster) || (!classes.has(tree) && cluster === '');
  const keyOf = ({ tree, cluster }: Unit): string => JSON.stringify([classes.get(tree), cluster]);
  const clusters = [
    ...groupBy(
      units.filter(unit => !isFree(unit)),
      keyOf,
    ).values(),
  ];
  const [first = [], ...more] = clusters;
  const groups = fitted(units.filter(isFree), clusters.length > 1 ? [] : [first]);
  const worlds = clusters.length > 1 ? [first, ...more, ...groups] : groups;
  const free = clusters.length > 1 ? units.filter(isFree) : units;
  return worlds
    .filter(own => own.length > 0)
    .map(own => {
      const isOwn = new Set(own);
      // What is applied to one cluster says nothing of another; what nothing applies is at hand to all.
      const others = (own.some(isFree) ? units : free).filter(unit => !isOwn.has(unit));
      return { units: own, others, isApart: clusters.length > 1 && !own.some(isFree) };
    });
}

/** The number of the cluster that a tree with deployment objects is on. */
function treeClasses(units: readonly Unit[]): Map<number, number> {
  const trees = groupBy(units, ({ tree }) => tree);
  const classes: Map<string, string>[] = [];
  const found = new Map<number, number>();
  for (const [tree, own] of trees) {
    const deployers = deployersOf(own);
    if (deployers.size === 0) continue;
    let index = classes.findIndex(known =>
      [...deployers].every(([id, text]) => (known.get(id) ?? text) === text),
    );
    if (index < 0) index = classes.push(new Map()) - 1;
    for (const [id, text] of deployers) classes[index]?.set(id, text);
    found.set(tree, index);
  }
  return found;
}

/** What the deployment objects of a tree apply, by their identity. */
function deployersOf(units: readonly Unit[]): Map<string, string> {
  const objects = new Set(
    units.flatMap(({ sources, by }) => [
      ...sources.flatMap(({ objects: own }) => own),
      ...(by === undefined ? [] : [by]),
    ]),
  );
  return new Map(
    [...objects].flatMap(object => {
      const applied = appliedOf(object);
      const id = identityOf(object);
      return applied.length === 0 ? [] : [[id, JSON.stringify(applied)]];
    }),
  );
}

function identityOf({ group, kind, namespace, name }: PlacedObject): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** Whether a unit has an object of these, and not one that several may bring along. */
export function commonWith(units: readonly Unit[]): (unit: Unit) => boolean {
  const known = objectsOf(units);
  return unit => hasOther(known, objectsOf([unit]));
}

/** What several may bring along: a namespace, a class, a CRD. */
function isShared({ known }: PlacedObject): boolean {
  return known?.isOfCluster === true;
}

/** Puts each unit in the first group that has none of its objects, or no other form of one. */
function fitted(units: readonly Unit[], groups: readonly (readonly Unit[])[]): Unit[][] {
  const all = groups.map(group => [...group]);
  const known = all.map(group => objectsOf(group));
  for (const unit of units) {
    const own = objectsOf([unit]);
    let index = known.findIndex(objects => !hasOther(objects, own));
    if (index < 0) {
      index = all.push([]) - 1;
      known.push(new Map());
    }
    all[index]?.push(unit);
    for (const [id, object] of own) known[index]?.set(id, object);
  }
  return all;
}

function objectsOf(units: readonly Unit[]): Map<string, PlacedObject> {
  const objects = units
    .flatMap(({ sources }) => sources)
    .flatMap((source: ObjectSource) => source.objects);
  return new Map(objects.map(object => [identityOf(object), object]));
}

function hasOther(
  known: ReadonlyMap<string, PlacedObject>,
  own: ReadonlyMap<string, PlacedObject>,
): boolean {
  for (const [id, { json }] of own) {
    const other = known.get(id);
    if (other !== undefined && !(isShared(other) && isSame(other.json, json))) return true;
  }
  return false;
}
