import type { Path } from '../core/finding.ts';
import { isMap, isSame, type Json, type JsonObject } from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import type { Kind, PlacedObject } from '../kinds/kind.ts';
import { entriesByName, isOrdered } from './forms.ts';

/** A pair of values that stand at one field. */
interface Pair {
  readonly base: Json | undefined;
  readonly head: Json | undefined;
  readonly basePath: Path;
  readonly headPath: Path;
  /** As people write it. */
  readonly field: string;
  /** The name of the field, or of the list that holds the entry. */
  readonly name: string;
}

/**
 * The fields in which two objects differ, in the order of their names. Lists are taken apart by
 * what names their entries; where order means nothing it is not looked at.
 */
export function fieldChanges(base: JsonObject, head: JsonObject): FieldChange[] {
  const found: FieldChange[] = [];
  addChanges(found, { base, head, basePath: [], headPath: [], field: '', name: '' });
  return found;
}

function addChanges(found: FieldChange[], pair: Pair): void {
  const { base, head } = pair;
  if (base === head) return;
  if (isMap(base) && isMap(head)) addMapChanges(found, base, head, pair);
  else if (Array.isArray(base) && Array.isArray(head)) addListChanges(found, base, head, pair);
  else found.push(changeOf(pair));
}

function changeOf({ base, head, basePath, headPath, field }: Pair): FieldChange {
  if (base === undefined)
    return { what: 'added', field, headPath, ...(head !== undefined && { head }) };
  if (head === undefined) return { what: 'removed', field, basePath, base };
  return { what: 'changed', field, basePath, headPath, base, head };
}

function addMapChanges(found: FieldChange[], base: JsonObject, head: JsonObject, pair: Pair): void {
  const names = new Set([...Object.keys(base), ...Object.keys(head)]);
  const differing = [...names].filter(name => !isSame(own(base, name), own(head, name)));
  for (const name of differing.sort()) addChanges(found, below(pair, name, base, head));
}

function below(pair: Pair, name: string, base: JsonObject, head: JsonObject): Pair {
  const isPlain = /^[\w-]+$/.test(name);
  const step = isPlain ? (pair.field === '' ? name : `.${name}`) : `["${name}"]`;
  return {
    base: own(base, name),
    head: own(head, name),
    basePath: [...pair.basePath, name],
    headPath: [...pair.headPath, name],
    field: pair.field + step,
    name,
  };
}

function own(map: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

function addListChanges(
  found: FieldChange[],
  base: readonly Json[],
  head: readonly Json[],
  pair: Pair,
): void {
  const before = entriesByName(pair.name, base);
  const after = entriesByName(pair.name, head);
  if (before !== undefined && after !== undefined) {
    addKeyedChanges(found, base, head, pair, before, after);
    if (isReordered([...before.keys()], [...after.keys()], pair)) found.push(reordered(pair));
  } else if (isOrdered(pair.name)) addOrderedChanges(found, base, head, pair);
  else addSetChanges(found, base, head, pair);
}

function addKeyedChanges(
  found: FieldChange[],
  base: readonly Json[],
  head: readonly Json[],
  pair: Pair,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): void {
  for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [was, is] = [before.get(name), after.get(name)];
    if (was !== undefined && is !== undefined && isSame(base[was], head[is])) continue;
    addChanges(found, entryPair(pair, name, base, head, was, is));
  }
}

function entryPair(
  pair: Pair,
  name: string | number,
  base: readonly Json[],
  head: readonly Json[],
  before: number | undefined,
  after: number | undefined,
): Pair {
  return {
    base: before === undefined ? undefined : base[before],
    head: after === undefined ? undefined : head[after],
    basePath: before === undefined ? pair.basePath : [...pair.basePath, before],
    headPath: after === undefined ? pair.headPath : [...pair.headPath, after],
    field: `${pair.field}[${name}]`,
    name: pair.name,
  };
}

/** Whether the entries that both lists have come in another order, where order means something. */
function isReordered(before: readonly string[], after: readonly string[], { name }: Pair): boolean {
  if (!isOrdered(name)) return false;
  const [ours, theirs] = [new Set(before), new Set(after)];
  const kept = before.filter(entry => theirs.has(entry));
  return after.filter(entry => ours.has(entry)).some((entry, index) => entry !== kept[index]);
}

function reordered({ field, basePath, headPath }: Pair): FieldChange {
  return { what: 'reordered', field, basePath, headPath };
}

/** Entries by their place, after what both lists begin with and before what both end with. */
function addOrderedChanges(
  found: FieldChange[],
  base: readonly Json[],
  head: readonly Json[],
  pair: Pair,
): void {
  const shorter = Math.min(base.length, head.length);
  let start = 0;
  while (start < shorter && isSame(base[start], head[start])) start += 1;
  let end = 0;
  while (end < shorter - start && isSame(base.at(-1 - end), head.at(-1 - end))) end += 1;
  const last = Math.max(base.length, head.length) - end;
  for (let at = start; at < last; at += 1) {
    const before = at < base.length - end ? at : undefined;
    const after = at < head.length - end ? at : undefined;
    addChanges(found, entryPair(pair, at, base, head, before, after));
  }
}

/** What is left when equal entries are taken away; one left on each side is one that changed. */
function addSetChanges(
  found: FieldChange[],
  base: readonly Json[],
  head: readonly Json[],
  pair: Pair,
): void {
  const left = new Set(head.keys());
  const gone: number[] = [];
  for (const [index, entry] of base.entries()) {
    const twin = [...left].find(other => isSame(entry, head[other]));
    if (twin === undefined) gone.push(index);
    else left.delete(twin);
  }
  const come = [...left];
  if (gone.length === 1 && come.length === 1) {
    addChanges(found, entryPair(pair, gone[0] ?? 0, base, head, gone[0], come[0]));
    return;
  }
  for (const index of gone) addChanges(found, entryPair(pair, index, base, head, index, undefined));
  for (const index of come) addChanges(found, entryPair(pair, index, base, head, undefined, index));
}

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

/** A field that differs, in the form in which objects are compared. Values are not yet masked. */
export interface FieldChange {
  readonly what: 'added' | 'removed' | 'changed' | 'reordered';
  /** As people write it, lists by what names their entries: `spec.data[api-key].remoteRef.key`. */
  readonly field: string;
  /** The place in the object, on the sides that have it. */
  readonly basePath?: Path;
  readonly headPath?: Path;
  readonly base?: Json;
  readonly head?: Json;
}

/** The place of a field that differs: on head, where it is there, else on base. */
export function fieldPath({ headPath, basePath }: FieldChange): Path {
  return headPath ?? basePath ?? [];
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
