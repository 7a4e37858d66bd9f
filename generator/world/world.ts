import { groupBy, isSame } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { objectIdentity, type PlacedObject } from '../kinds/kind.ts';
import { appliedOf } from './appliers.ts';
import { isBelow } from './inside.ts';
import type { ObjectSource } from './source.ts';

const EMPTY: World = { units: [], others: [], isApart: false };

/** The clusters of two revisions: a unit of base goes where its id, else its folder, else most of its world's units are. */
export function pairedWorlds(
  base: readonly Unit[],
  head: readonly Unit[],
): Readonly<Record<'base' | 'head', World>>[] {
  const after = worldsOf(head);
  const before = worldsOf(base);
  const homes = new Map(after.flatMap(({ units }, at) => units.map(({ id }) => [id, at] as const)));
  const indexesOf = ({ units }: World): number[] => units.flatMap(({ id }) => homes.get(id) ?? []);
  const taken = new Set(before.flatMap(indexesOf));
  // Worlds of base that have no unit in common with head are paired with those of head that have none.
  const free = [...after.keys()].filter(index => !taken.has(index));
  const lonely = before.filter(world => indexesOf(world).length === 0);
  const applied = after.flatMap(({ units }, index) =>
    units.filter(isDeployed).map(({ folder }) => ({ folder: `/${folder}`, index })),
  );
  const around = (place: string): number | undefined =>
    applied.find(({ folder }) => folder !== '/' && isBelow(folder, place))?.index;
  const placed = before.flatMap((world, number) => {
    const leftOver = free[lonely.indexOf(world)] ?? after.length + number;
    const usual = mostOf(indexesOf(world)) ?? leftOver;
    return world.units.map(unit => {
      const byId = homes.get(unit.id);
      const now = byId !== undefined || isDeployed(unit) ? undefined : around(`/${unit.folder}`);
      return { unit, world, index: byId ?? now ?? usual, isNew: now !== undefined };
    });
  });
  const byIndex = groupBy(placed, ({ index }) => index);
  const all = [...new Set([...after.keys(), ...byIndex.keys()])];
  return all.map(at => ({ base: worldWith(byIndex.get(at) ?? []), head: after[at] ?? EMPTY }));
}

function mostOf(indexes: readonly number[]): number | undefined {
  const groups = [...groupBy(indexes, index => index)];
  return groups.sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

/** `isNew`: applied on head alone. Such a unit was not in the cluster of base if applied units have its objects. */
function worldWith(
  placed: readonly { readonly unit: Unit; readonly world: World; readonly isNew: boolean }[],
): World {
  const applied = objectsOf(placed.map(({ unit }) => unit).filter(isDeployed));
  const units = placed.flatMap(({ unit, isNew }) =>
    isNew && hasCommon(applied, objectsOf([unit])) ? [] : [unit],
  );
  const all = new Set(placed.flatMap(({ world }) => [...world.units, ...world.others]));
  return { units, others: [...all].filter(unit => !units.includes(unit)), isApart: false };
}

/** The units of one cluster, and those that may be on it too. */
export interface World {
  readonly units: readonly Unit[];
  readonly others: readonly Unit[];
  /** It is known to be another cluster than those of other worlds. */
  readonly isApart: boolean;
}

/**
 * The worlds of units. Deployment objects of one name that apply different things are on different
 * clusters, with all units of their trees; so are units that name different clusters. A unit of unknown
 * cluster joins the first cluster that has no different object under the same name.
 */
export function worldsOf(units: readonly Unit[]): World[] {
  if (units.length === 1) return [{ units, others: [], isApart: false }];
  const classes = treeClasses(units);
  const isFree = ({ tree, cluster }: Unit): boolean =>
    isUnresolved(cluster) || (!classes.has(tree) && cluster === '');
  const keyOf = ({ tree, cluster }: Unit): string => JSON.stringify([classes.get(tree), cluster]);
  const [free, bound] = [units.filter(isFree), units.filter(unit => !isFree(unit))];
  const clusters = [...groupBy(bound, keyOf).values()];
  const areSeveral = clusters.length > 1;
  const worlds = areSeveral ? [...clusters, ...fitted(free, [])] : fitted(free, clusters);
  return worlds.map(members => {
    const isMember = new Set(members);
    const isApart = areSeveral && !members.some(isFree);
    // Units of another cluster are not on this one; units of unknown cluster may be.
    const others = (isApart ? free : units).filter(unit => !isMember.has(unit));
    return { units: members, others, isApart };
  });
}

function treeClasses(units: readonly Unit[]): Map<number, number> {
  const trees = groupBy(units, ({ tree }) => tree);
  const classes: Map<string, string>[] = [];
  const found = new Map<number, number>();
  for (const [tree, members] of trees) {
    const deployers = deployersOf(members);
    if (deployers.size === 0) continue;
    let index = classes.findIndex(texts =>
      [...deployers].every(([id, text]) => (texts.get(id) ?? text) === text),
    );
    if (index < 0) index = classes.push(new Map()) - 1;
    for (const [id, text] of deployers) classes[index]?.set(id, text);
    found.set(tree, index);
  }
  return found;
}

function deployersOf(units: readonly Unit[]): Map<string, string> {
  const objects = units.flatMap(({ sources, by }) => [
    ...sources.flatMap(source => source.objects),
    ...(by ? [by] : []),
  ]);
  return new Map(
    [...new Set(objects)].flatMap(object => {
      const text = appliedText(object);
      return text === '[]' ? [] : [[objectIdentity(object), text]];
    }),
  );
}

const appliedText = oncePer((object: PlacedObject) => JSON.stringify(appliedOf(object)));

function fitted(units: readonly Unit[], groups: readonly (readonly Unit[])[]) {
  const contents = groups.map(objectsOf);
  const placed = groupBy(units, unit => {
    const objects = objectsOf([unit]);
    const found = contents.findIndex(ofGroup => !hasCommon(ofGroup, objects));
    const index = found < 0 ? contents.push(new Map()) - 1 : found;
    for (const [id, object] of objects) contents[index]?.set(id, object);
    return index;
  });
  return contents.map((_, index) => [...(groups[index] ?? []), ...(placed.get(index) ?? [])]);
}

function objectsOf(units: readonly Unit[]): Map<string, PlacedObject> {
  const objects = units.flatMap(({ sources }) => sources).flatMap(source => source.objects);
  return new Map(objects.map(object => [objectIdentity(object), object]));
}

/** An object of the cluster, such as a Namespace or a CRD, does not count: several units may bring the same one. */
function hasCommon(
  objects: ReadonlyMap<string, PlacedObject>,
  others: ReadonlyMap<string, PlacedObject>,
): boolean {
  for (const [id, { json }] of others) {
    const object = objects.get(id);
    if (object === undefined) continue;
    if (object.knownKind?.isOfCluster !== true || !isSame(object.json, json)) return true;
  }
  return false;
}

/** What is applied together: by a deployment object, by a person, or by nobody. */
export interface Unit {
  /** The same unit has the same id in another revision. */
  readonly id: string;
  /** The folder or file that is applied, from the root of its repository. */
  readonly folder: string;
  /** The file that its tree begins with, if it begins with one: nothing that was read applies it. */
  readonly treeRoot?: { readonly id: string; readonly file: string };
  readonly sources: readonly ObjectSource[];
  readonly raw: readonly ObjectSource[];
  readonly by?: PlacedObject;
  /** The name of that object, or of the Application that an ApplicationSet makes. */
  readonly as?: string;
  /** The `syncId` under that name. */
  readonly sync?: string;
  /** Nothing applies that object itself: it lies in an applied folder, and no kustomization on the way lists it. */
  readonly isUnlisted?: true;
  /** Units of one tree come of one beginning, which is on one cluster. */
  readonly tree: number;
  /** The cluster that a deployment object names; empty: its own. */
  readonly cluster: string;
}

/** How a unit begins that nothing applies: the first word of its id. */
export type Beginning =
  | ('kustomization' | 'manifests' | 'deployer' | 'unlisted' | 'templates' | 'unread')
  /** The files of values that objects name. */
  | 'files'
  /** It lies below an applied folder, and Flux does not take it. */
  | 'left-out'
  /** It stands for a kustomization with patches that are laid over nothing. */
  | 'patches';

export function beginsAs({ id }: Unit, ...all: readonly Beginning[]): boolean {
  return all.some(word => id.startsWith(`${word} `));
}

export function isUnread(unit: Unit): boolean {
  return beginsAs(unit, 'unread');
}

/** Whether a deployment object applies it, and that object is applied itself or is where a repository begins. */
export function isDeployed({ by, isUnlisted }: Unit): boolean {
  return by !== undefined && isUnlisted !== true;
}

/** Finds out whether a unit has one of these ids, or comes of a unit that has. */
export function comesOfAny(ids: ReadonlySet<string>): (unit: Unit) => boolean {
  return ({ id }) => {
    for (let end = id.length; end > 0; end = id.lastIndexOf(' ', end - 1))
      if (ids.has(id.slice(0, end))) return true;
    return false;
  };
}

/** Whether the folder of a unit does not exist. An empty folder does, and everything that was in it is deleted. */
export function hasNoFolder({ sources }: Pick<Unit, 'sources'>): boolean {
  const isMissing = ({ unknowns = [] }: ObjectSource): boolean =>
    unknowns.some(({ isFolder }) => isFolder === true);
  return sources.length > 0 && sources.every(isMissing);
}
