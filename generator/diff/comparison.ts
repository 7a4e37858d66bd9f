import type { Finding } from '../core/finding.ts';
import { type JsonObject, mapAt, valueAt } from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';
import { objectIdentity } from '../graph/graph.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import type { Kind, PlacedObject } from '../kinds/kind.ts';
import type { Pod } from '../kinds/pods.ts';
import type { FieldChange } from './field-changes.ts';

export type SideName = 'base' | 'head';

/** Something of each of the two sides. */
export type Both<T> = Readonly<Record<SideName, T>>;

/** What becomes of one environment: its objects and their secret flow before and after. */
export interface Comparison {
  /** The environment's name; empty for manifests that belong to none. */
  readonly name: string;
  readonly base: SecretGraph;
  readonly head: SecretGraph;
  /** Every object that is added, removed or changed; sorted by namespace, kind and name. */
  readonly changes: readonly Change[];
  /** The objects of both sides that are compared. The graphs have those around them too. */
  readonly compared: ReadonlySet<PlacedObject>;
  /** The units of objects, where appliers were read. */
  readonly units?: Units;
  /** The units of head that cannot be built: what applies them fails. */
  readonly failing: readonly FailingUnit[];
  /** The identities of objects whose files were on base, and which nothing applied: head has them applied again. */
  readonly dormant: ReadonlySet<string>;
  /** Objects that are written differently on the sides and mean the same. */
  readonly same: readonly Changed[];
  /** Those of them with lists in another order. */
  readonly reordered: readonly Changed[];
}

/** The units of both sides, by the numbers of the sources that their objects come from. */
export type Units = ReadonlyMap<number, UnitName>;

export interface UnitName {
  readonly environment: string;
  /** Its applier. Undefined: nothing that was read applies it. */
  readonly deployer?: PlacedObject;
  readonly isSelected: boolean;
}

/** A unit of head that its applier cannot build, where base could be built or did not have it. */
export interface FailingUnit {
  readonly name: string;
  readonly deployer?: PlacedObject;
  /** Why it fails: at least one. */
  readonly findings: readonly Finding[];
  readonly objects: readonly PlacedObject[];
}

export type Change = Added | Removed | Changed;

export interface Added {
  readonly what: 'added';
  readonly head: PlacedObject;
  /** The removed object that it seems to be, under another name or in another namespace. */
  readonly was?: PlacedObject;
}

export interface Removed {
  readonly what: 'removed';
  readonly base: PlacedObject;
  /** The added object that it seems to have become. */
  readonly becomes?: PlacedObject;
}

export interface Changed {
  readonly what: 'changed';
  readonly base: PlacedObject;
  readonly head: PlacedObject;
  /** The objects in the form that is compared: with defaults, and quantities in one spelling. */
  readonly before: KubeObject;
  readonly after: KubeObject;
  readonly fields: readonly FieldChange[];
  /** Another unit applies it than before. Undefined: the same, or it is not known which. */
  readonly isMoved?: true;
}

/** The environment that an object is shown in: its unit, or all that is compared. */
export function environmentOf({ units, name }: Comparison, { file }: PlacedObject): string {
  return units?.get(file)?.environment ?? name;
}

/** Ends the name of an environment whose objects are those of the spec and not of its folder. */
export const AS_MADE = ', as the spec makes it';

/** The folder of an object's environment. The paths of appliers end in it. */
export function folderOf(comparison: Comparison, object: PlacedObject): string {
  const environment = environmentOf(comparison, object);
  return environment.endsWith(AS_MADE) ? environment.slice(0, -AS_MADE.length) : environment;
}

/** The applier of an object, where it was read. */
export function deployerOf(
  { units }: Comparison,
  { file }: PlacedObject,
): PlacedObject | undefined {
  return units?.get(file)?.deployer;
}

/** The objects of some kinds, by default of all, that are on both sides and differ. */
export function changedOf({ changes }: Comparison, ...kinds: readonly Kind[]): Changed[] {
  return changes
    .filter(change => change.what === 'changed')
    .filter(({ head }) => isOf(kinds, head));
}

/** The objects of some kinds, by default of all, that only base has. */
export function removedOf({ changes }: Comparison, ...kinds: readonly Kind[]): Removed[] {
  return changes
    .filter(change => change.what === 'removed')
    .filter(({ base }) => isOf(kinds, base));
}

/** The objects of some kinds, by default of all, that only head has. */
export function addedOf({ changes }: Comparison, ...kinds: readonly Kind[]): Added[] {
  return changes.filter(change => change.what === 'added').filter(({ head }) => isOf(kinds, head));
}

function isOf(kinds: readonly Kind[], { known }: PlacedObject): boolean {
  return kinds.length === 0 || (known !== undefined && kinds.includes(known));
}

/** Whether an object of base is removed. */
export function isRemoved({ changes }: Comparison, object: PlacedObject): boolean {
  return changes.some(change => change.what === 'removed' && change.base === object);
}

/** The object of a change as it is on head, or on base if it is removed. */
export function objectOfChange(change: Change): PlacedObject {
  return change.what === 'removed' ? change.base : change.head;
}

/** The objects of a change: on the sides that have it. */
export function objectsOf(change: Change): PlacedObject[] {
  if (change.what === 'added') return [change.head];
  return change.what === 'removed' ? [change.base] : [change.base, change.head];
}

interface PodPair {
  readonly pod: Pod;
  /** Also of an object that had another name or namespace. */
  readonly was: Pod | undefined;
}

/** The pods of compared objects on head, with those that charts make of values. */
export function podPairs({ base, head, compared, changes }: Comparison): PodPair[] {
  const before = new Map(base.pods.map(pod => [objectIdentity(pod.object), pod]));
  const formerly = new Map(
    changes.flatMap(change =>
      change.what === 'added' && change.was !== undefined ? [[change.head, change.was]] : [],
    ),
  );
  return head.pods
    .filter(({ object }) => compared.has(object))
    .map(pod => {
      const was = formerly.get(pod.object) ?? pod.object;
      return { pod, was: before.get(objectIdentity(was)) };
    });
}

/** The labels of pods that an object runs. */
export function podLabels({ object, path }: Pod): JsonObject {
  return mapAt(valueAt(object.json, path.slice(0, -1)), 'metadata', 'labels');
}
