import type { KubeObject } from '../core/kube-object.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import type { Kind, PlacedObject } from '../kinds/kind.ts';
import type { FieldChange } from './field-changes.ts';

/** What becomes of one environment: its objects and their secret flow before and after. */
export interface Comparison {
  /** The environment's name; empty for manifests that belong to none. */
  readonly name: string;
  readonly base: SecretGraph;
  readonly head: SecretGraph;
  /** Every object that is added, removed or changed; sorted by namespace, kind and name. */
  readonly changes: readonly Change[];
  /** The environment's own objects, of both sides: the graphs hold those around it too. */
  readonly own: ReadonlySet<PlacedObject>;
  /** What applies objects, where that was read: the units that a cluster is put together from. */
  readonly units?: Units;
  /** Objects that are on both sides and mean the same, though they are not written the same. */
  readonly same: readonly Changed[];
  /** Those of them whose lists stand in another order. */
  readonly reordered: readonly Changed[];
}

/** The units of both sides, by the numbers of the sources that their objects come from. */
export type Units = ReadonlyMap<number, UnitName>;

/** What is applied at once. */
export interface UnitName {
  /** What a reader knows it by: mostly its folder. */
  readonly environment: string;
  /** The deployment object that has it applied; undefined: nothing that was read does. */
  readonly deployer?: PlacedObject;
  /** Whether a change in it is asked for. */
  readonly isOwn: boolean;
}

export type Change = Added | Removed | Changed;

/** An object that only head has. */
export interface Added {
  readonly what: 'added';
  readonly head: PlacedObject;
  /** The removed object that it seems to be, under another name or in another namespace. */
  readonly was?: PlacedObject;
}

/** An object that only base has. */
export interface Removed {
  readonly what: 'removed';
  readonly base: PlacedObject;
  /** The added object that it seems to have become. */
  readonly becomes?: PlacedObject;
}

/** An object that is on both sides and differs. */
export interface Changed {
  readonly what: 'changed';
  readonly base: PlacedObject;
  readonly head: PlacedObject;
  /** The objects as they are compared: defaults written out, units in one spelling. */
  readonly before: KubeObject;
  readonly after: KubeObject;
  readonly fields: readonly FieldChange[];
  /** Another unit applies it than before; undefined: the same, or it is not known which. */
  readonly isMoved?: true;
}

/** The environment that an object is told of under: its unit, or the whole that is compared. */
export function environmentOf({ units, name }: Comparison, { file }: PlacedObject): string {
  return units?.get(file)?.environment ?? name;
}

/** What is said behind the name of an environment whose objects are not those of its folder. */
export const AS_MADE = ', as the spec makes it';

/** The folder of an object's environment, as the paths of those who apply it end. */
export function folderOf(comparison: Comparison, object: PlacedObject): string {
  const environment = environmentOf(comparison, object);
  return environment.endsWith(AS_MADE) ? environment.slice(0, -AS_MADE.length) : environment;
}

/** The deployment object that has an object applied, where that was read. */
export function deployerOf(
  { units }: Comparison,
  { file }: PlacedObject,
): PlacedObject | undefined {
  return units?.get(file)?.deployer;
}

/** The objects of a kind that are on both sides and differ. */
export function changedOf({ changes }: Comparison, kind: Kind): Changed[] {
  return changes.filter(
    (change): change is Changed => change.what === 'changed' && change.head.known === kind,
  );
}

/** The objects of a kind that only base has. */
export function removedOf({ changes }: Comparison, kind: Kind): Removed[] {
  return changes.filter(
    (change): change is Removed => change.what === 'removed' && change.base.known === kind,
  );
}

/** The objects of a kind that only head has. */
export function addedOf({ changes }: Comparison, kind: Kind): Added[] {
  return changes.filter(
    (change): change is Added => change.what === 'added' && change.head.known === kind,
  );
}

/** The object of a change that stands on head where there is one, else on base. */
export function objectOfChange(change: Change): PlacedObject {
  return change.what === 'removed' ? change.base : change.head;
}

/** The object of a change on the sides that have it. */
export function objectsOf(change: Change): PlacedObject[] {
  if (change.what === 'added') return [change.head];
  return change.what === 'removed' ? [change.base] : [change.base, change.head];
}
