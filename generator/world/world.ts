import { groupBy, isSame } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { appliedOf } from './appliers.ts';
import { isBelow } from './inside.ts';
import type { ObjectSource } from './source.ts';

/** A cluster as two revisions of its repositories have it. */
interface PairedWorlds {
  readonly base: World;
  readonly head: World;
}

const NOTHING: World = { units: [], others: [], isApart: false };

/**
 * The worlds of two revisions, each with the one that it was. A unit of base is where the unit of
 * its name is on head; one that head has not, where its folder is applied, or most of those are that it was with.
 */
export function pairedWorlds(base: readonly Unit[], head: readonly Unit[]): PairedWorlds[] {
  const after = worldsOf(head);
  const before = worldsOf(base);
  const homes = new Map(
    after.flatMap(({ units }, index) => units.map(({ id }) => [id, index] as const)),
  );
  const leftOver = freeIndexes(before, after, homes);
  const applied = appliedFolders(after);
  const placed = before.flatMap((world, number) => {
    const usual = mostOf(world.units.flatMap(({ id }) => homes.get(id) ?? [])) ?? leftOver(number);
    return world.units.map(unit => {
      const known = homes.get(unit.id);
      const now = known === undefined ? applied(unit) : undefined;
      return { unit, world, index: known ?? now ?? usual, isNew: now !== undefined };
    });
  });
  const byIndex = groupBy(placed, ({ index }) => index);
  const indexes = [...new Set([...after.keys(), ...byIndex.keys()])];
  return indexes.map(index => ({
    base: worldWith(byIndex.get(index) ?? []),
    head: after[index] ?? NOTHING,
  }));
}

/** The world that applies now what nothing applied so far. */
function appliedFolders(worlds: readonly World[]): (unit: Unit) => number | undefined {
  const applied = worlds.flatMap(({ units }, index) =>
    units.filter(isDeployed).map(({ folder }) => ({ folder: `/${folder}`, index })),
  );
  return unit =>
    isDeployed(unit)
      ? undefined
      : applied.find(({ folder }) => folder !== '/' && isBelow(folder, `/${unit.folder}`))?.index;
}

/** Worlds of base that have nothing in common with head are those that head has no base for. */
function freeIndexes(
  before: readonly World[],
  after: readonly World[],
  homes: ReadonlyMap<string, number>,
): (number: number) => number {
  const known = (world: World): number[] => world.units.flatMap(({ id }) => homes.get(id) ?? []);
  const taken = new Set(before.flatMap(known));
  const free = [...after.keys()].filter(index => !taken.has(index));
  const lonely = [...before.keys()].filter(number => known(before[number] ?? NOTHING).length === 0);
  return number => free[lonely.indexOf(number)] ?? after.length + number;
}

/** What is there most often, and of several the first. */
function mostOf(indexes: readonly number[]): number | undefined {
  const groups = [...groupBy(indexes, index => index)];
  return groups.sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

interface PlacedUnit {
  readonly unit: Unit;
  /** The one that it is in on its own side. */
  readonly world: World;
  /** Nothing applied it so far, and something does now. */
  readonly isNew: boolean;
}

/** A copy that nothing applied, beside what was applied, was not in the cluster. */
function worldWith(placed: readonly PlacedUnit[]): World {
  const isCommon = commonWith(placed.map(({ unit }) => unit).filter(isDeployed));
  const units = placed
    .filter(({ unit, isNew }) => !(isNew && isCommon(unit)))
    .map(({ unit }) => unit);
  const own = new Set(units);
  const worlds = [...new Set(placed.map(({ world }) => world))];
  const beside = new Set(worlds.flatMap(world => [...world.units, ...world.others]));
  return { units, others: [...beside].filter(unit => !own.has(unit)), isApart: false };
}

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
function commonWith(units: readonly Unit[]): (unit: Unit) => boolean {
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

/** What is applied at once: by a deployment object, or by a person. */
export interface Unit {
  /** What it is called in its repository: in another revision the unit of this name is the same one. */
  readonly id: string;
  /** What is applied, from the root of its repository: a folder or a file. */
  readonly folder: string;
  /** What it begins with, where that is a file which nothing that was read applies. */
  readonly home?: { readonly id: string; readonly file: string };
  readonly sources: readonly ObjectSource[];
  /** What is in it though it cannot be built. */
  readonly raw: readonly ObjectSource[];
  /** The deployment object that has it applied. */
  readonly by?: PlacedObject;
  /** What that one is called, or the one that it makes of several: an Application of a set. */
  readonly as?: string;
  /** Tells what one of them has applied from what another has; those that a set makes are others. */
  readonly sync?: string;
  /** Units of one tree come of one beginning, which is on one cluster. */
  readonly tree: number;
  /** The cluster, where a deployment object says another than its own. */
  readonly cluster: string;
}

/** What stands for something that is not read. */
export const UNREAD = 'unread';

/** Whether a unit is something that is not read. */
export function isUnread({ id }: Unit): boolean {
  return id.startsWith(`${UNREAD} `);
}

/** Whether a deployment object has it applied. */
export function isDeployed({ by }: Unit): boolean {
  return by !== undefined;
}

/** Whether a unit is one of these, by their ids, or comes of one. */
export function comesOfAny(ids: ReadonlySet<string>): (unit: Unit) => boolean {
  return ({ id }) => {
    for (let end = id.length; end > 0; end = id.lastIndexOf(' ', end - 1))
      if (ids.has(id.slice(0, end))) return true;
    return false;
  };
}

/** Whether nothing of it is here: an empty folder is, and deletes what was in it. */
export function hasNoFolder({ sources }: Pick<Unit, 'sources'>): boolean {
  const isMissing = ({ unknowns = [] }: ObjectSource): boolean =>
    unknowns.some(({ isFolder }) => isFolder === true);
  return sources.length > 0 && sources.every(isMissing);
}
