import type { Finding } from '../core/finding.ts';
import { groupBy, isMap, isSame, type JsonObject, mapAt, sortBy } from '../core/json.ts';
import { asJson, type KubeObject } from '../core/kube-object.ts';
import type { Validators } from '../core/schema.ts';
import { graphOf } from '../graph/graph.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { type Kind, objectIdentity, type PlacedObject } from '../kinds/kind.ts';
import type { Pod } from '../kinds/pods.ts';
import { appliedOf } from '../world/appliers.ts';
import type { ObjectSet } from '../world/object-set.ts';
import { effectiveForm, type FieldChange, fieldChanges } from './field-changes.ts';

export type SideName = 'base' | 'head';

export type Both<T> = Readonly<Record<SideName, T>>;

/** The change of one environment, or of the units of one cluster: their objects and the graphs of both sides. */
export interface Diff extends Both<SecretGraph> {
  readonly name: string;
  /** Every object that is added, removed or changed; sorted by namespace, kind and name. */
  readonly changes: readonly Change[];
  /** The objects of both sides that are compared. The graphs have those around them too. */
  readonly compared: ReadonlySet<PlacedObject>;
  readonly units: Units;
  readonly failing: readonly FailingUnit[];
  /** The identities of objects whose files base had and nothing applied, and that head applies again. */
  readonly dormant: ReadonlySet<string>;
  /** Objects on both sides without a difference that has an effect; `reordered`: those whose text differs. */
  readonly same: readonly Changed[];
  readonly reordered: readonly Changed[];
}

/** The units of both sides, by the numbers of the sources that their objects come from. */
type Units = ReadonlyMap<number, UnitName>;

/** A unit as a review names it: by its folder, and its applier where that was read. */
export interface UnitName {
  readonly environment: string;
  readonly applier?: PlacedObject | undefined;
  readonly isSelected: boolean;
}

/** A unit that could be built on base and cannot be built on head. */
export interface FailingUnit {
  readonly name: string;
  readonly applier?: PlacedObject | undefined;
  readonly findings: readonly Finding[];
  readonly objects: readonly PlacedObject[];
}

export type Change = Added | Removed | Changed;

export interface Added {
  readonly what: 'added';
  readonly head: PlacedObject;
  readonly was?: PlacedObject | undefined;
}

export interface Removed {
  readonly what: 'removed';
  readonly base: PlacedObject;
  readonly becomes?: PlacedObject | undefined;
}

export interface Changed extends Both<PlacedObject> {
  readonly what: 'changed';
  readonly before: KubeObject;
  readonly after: KubeObject;
  readonly fields: readonly FieldChange[];
  /** Another unit applies it than before. Undefined: the same, or it is not known which. */
  readonly isMoved?: true;
}

/** The environment that an object is shown in: its unit, or all that is compared. */
export function environmentOf({ units, name }: Diff, { file }: PlacedObject): string {
  return units.get(file)?.environment ?? name;
}

/** Ends the name of an environment whose objects are those of the spec and not of its folder. */
export const AS_MADE = ', as the spec makes it';

/** The folder of an object's environment. The paths of appliers end in it. */
export function folderOf(diff: Diff, object: PlacedObject): string {
  const environment = environmentOf(diff, object);
  return environment.endsWith(AS_MADE) ? environment.slice(0, -AS_MADE.length) : environment;
}

/** The applier of an object, where it was read. */
export function applierOf({ units }: Diff, { file }: PlacedObject): PlacedObject | undefined {
  return units.get(file)?.applier;
}

/** The objects of some kinds, by default of all, that are on both sides and differ. */
export function changedOf({ changes }: Diff, ...kinds: readonly Kind[]): Changed[] {
  return changes.filter(entry => entry.what === 'changed').filter(({ head }) => isOf(kinds, head));
}

/** The objects of some kinds, by default of all, that only base has. */
export function removedOf({ changes }: Diff, ...kinds: readonly Kind[]): Removed[] {
  return changes.filter(entry => entry.what === 'removed').filter(({ base }) => isOf(kinds, base));
}

/** The objects of some kinds, by default of all, that only head has. */
export function addedOf({ changes }: Diff, ...kinds: readonly Kind[]): Added[] {
  return changes.filter(change => change.what === 'added').filter(({ head }) => isOf(kinds, head));
}

function isOf(kinds: readonly Kind[], { knownKind }: PlacedObject): boolean {
  return kinds.length === 0 || (knownKind !== undefined && kinds.includes(knownKind));
}

/** Whether two objects have one identity: on both sides, or twice on one. */
export function isSameObject(a: PlacedObject | undefined, b: PlacedObject | undefined): boolean {
  return a !== undefined && b !== undefined && objectIdentity(a) === objectIdentity(b);
}

export function isRemoved({ changes }: Diff, object: PlacedObject): boolean {
  return changes.some(change => change.what === 'removed' && change.base === object);
}

/** The object of base that one of head was: the same, or one of another name. */
export function formerOf(change: Added | Changed): PlacedObject | undefined {
  return change.what === 'changed' ? change.base : change.was;
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

/** The pods of compared objects on head, with those that charts make of values; and as they were, under another name too. */
export function podPairs(diff: Diff): { readonly pod: Pod; readonly was: Pod | undefined }[] {
  const { base, head, compared } = diff;
  const before = new Map(base.pods.map(pod => [objectIdentity(pod.object), pod]));
  const formerly = new Map(addedOf(diff).map(change => [change.head, change.was]));
  const pods = head.pods.filter(({ object }) => compared.has(object));
  return pods.map(pod => {
    const was = formerly.get(pod.object) ?? pod.object;
    return { pod, was: before.get(objectIdentity(was)) };
  });
}

/** The labels of pods that an object runs. */
export function podLabels({ object, path }: Pod): JsonObject {
  return mapAt(object.json, ...path.slice(0, -1), 'metadata', 'labels');
}

export interface Sides extends Both<ObjectSet> {
  readonly name: string;
  readonly units?: Units;
  readonly failing?: readonly FailingUnit[];
  readonly dormant?: ReadonlySet<string>;
}

/** What changes in an environment: object by object, and in the flow of its secrets. */
export function compare(sides: Sides, validators: Validators): Diff {
  const { name, base, head, units = new Map(), failing = [], dormant = new Set() } = sides;
  const isSelected = ({ file }: PlacedObject): boolean => units.get(file)?.isSelected ?? true;
  const { both, removed, added, copies } = pairedObjects(sides, units);
  const partners = likelyPairs(removed, added, units);
  const { changed, same } = changesOnBoth(both, units);
  const changes: Change[] = [
    ...removed.map((base): Change => ({ what: 'removed', base, becomes: partners.get(base) })),
    ...added.map((head): Change => ({ what: 'added', head, was: partners.get(head) })),
    ...copies.map((head): Change => ({ what: 'added', head })),
    ...changed,
  ];
  const graphs = [graphOf(base, validators), graphOf(head, validators)] as const;
  const compared = new Set([...base.objects, ...head.objects].filter(isSelected));
  // What a selected object makes, as a release makes the objects of its chart, is compared with it.
  const made = graphs.flatMap(({ objects }) =>
    objects.filter(({ written }) => written !== undefined && compared.has(written.by)),
  );
  return {
    name,
    base: graphs[0],
    head: graphs[1],
    changes: sortBy(
      changes.filter(change => objectsOf(change).some(isSelected)),
      change => {
        const { namespace, kind, name, file } = objectOfChange(change);
        const unit = units.get(file)?.environment ?? '';
        return [unit, namespace, kind, name, change.what].join('\0');
      },
    ),
    compared: new Set([...compared, ...made]),
    units,
    failing,
    dormant,
    same,
    reordered: same.filter(change => !isSame(asJson(change.before), asJson(change.after))),
  };
}

/** Whether a pair needs no comparison: nothing of it is selected, or it and all around it are the same. */
export function isUntouched({ base, head, units, failing = [] }: Partial<Sides>): boolean {
  if (failing.length > 0) return false;
  if (units !== undefined && ![...units.values()].some(({ isSelected }) => isSelected)) return true;
  if (base === undefined || head === undefined) return false;
  const isAlike = (before: PlacedObject, after: PlacedObject | undefined): boolean =>
    after !== undefined &&
    isSameObject(before, after) &&
    appliedBy(units, before) === appliedBy(units, after) &&
    isSame(before.json, after.json) &&
    isSame(filesBehind(before), filesBehind(after));
  const areAlike = (before: Objects, after: Objects): boolean =>
    before.length === after.length &&
    before.every((object, index) => isAlike(object, after[index]));
  return (
    areAlike(base.objects, head.objects) &&
    areAlike(base.context, head.context) &&
    isSame(factsBeside(base), factsBeside(head))
  );
}

/** Files and charts of the repository that decide, beside its fields, what an object makes. */
function filesBehind(object: PlacedObject): unknown {
  const { tree, files, rendered } = object;
  if (tree === undefined && files === undefined && rendered === undefined) return undefined;
  return [
    [...(files ?? [])].map(([name, { json }]) => [name, json]),
    [...(rendered ?? [])],
    tree && appliedOf(object),
  ];
}

/** What is known of a set beside its objects. */
function factsBeside({ outside, folders, syncs, standingOf }: ObjectSet): unknown {
  const { secrets, objects, unknowns = [], lost = [], idle = [] } = outside;
  return [
    [...secrets, ...objects],
    unknowns.map(({ file: _, ...unknown }) => unknown),
    [...lost, ...idle].map(({ object, ...entry }) => [objectIdentity(object), entry]),
    ...[folders, syncs, standingOf].map(byNumber => [...(byNumber?.values() ?? [])]),
  ];
}

type Objects = readonly PlacedObject[];

/** The objects on both sides, removed ones, added ones, and `copies`: added ones whose identity base has too. */
function pairedObjects({ base, head }: Both<ObjectSet>, units: Units) {
  const before = groupBy(base.objects, objectIdentity);
  const after = groupBy(head.objects, objectIdentity);
  const both: [was: PlacedObject, is: PlacedObject][] = [];
  // Of objects with one identity the last counts, and those that differ from it.
  const added = [...after].flatMap(([id, all]) => {
    const last = all.at(-1)?.json;
    return before.has(id) ? [] : all.filter(({ json }) => json === last || !isSame(json, last));
  });
  const copies: PlacedObject[] = [];
  const removed = [...before].flatMap(([id, all]) => (after.has(id) ? [] : all.slice(-1)));
  const isDeployed = isDeployedIn(units);
  for (const [id, objects] of after) {
    const all = before.get(id);
    if (all === undefined) continue;
    const { formerOf, gone } = formerObjects(all, objects, units);
    for (const object of objects) {
      const former = formerOf(object);
      if (former === undefined) copies.push(object);
      else both.push([former, object]);
    }
    // Its applier no longer has it and no other does: a file that nothing applies keeps nothing in a cluster.
    if (!objects.some(isDeployed)) removed.push(...gone.filter(isDeployed).slice(-1));
  }
  return { both, removed, added, copies };
}

/** What each object of an identity was: an equal one of its applier, another of it, or one whose applier lost it. */
function formerObjects(before: Objects, after: Objects, units: Units) {
  const applierId = (object: PlacedObject): string => appliedBy(units, object) ?? '';
  const textOf = (object: PlacedObject): string => JSON.stringify([applierId(object), object.json]);
  // Of a single object on both sides nothing else could be the other one.
  const compared = before.length + after.length > 2 ? after : [];
  const byText = groupBy(compared.length > 0 ? before.toReversed() : [], textOf);
  const equals = new Map(compared.map(object => [object, byText.get(textOf(object))?.pop()]));
  const taken = new Set(equals.values());
  const appliers = new Set(after.map(applierId));
  const all = [...groupBy(before.toReversed(), applierId)];
  const ofAppliers = new Map(
    all.map(([applier, objects]) => [applier, objects.filter(object => !taken.has(object))]),
  );
  const gone = all.flatMap(([applier, objects]) => (appliers.has(applier) ? [] : objects));
  const formerOf = (object: PlacedObject): PlacedObject | undefined =>
    equals.get(object) ?? (ofAppliers.get(applierId(object)) ?? gone).pop();
  return { formerOf, gone };
}

function changesOnBoth(pairs: ReturnType<typeof pairedObjects>['both'], units: Units) {
  const changed: Changed[] = [];
  const same: Changed[] = [];
  for (const [object, now] of pairs) {
    const isMoved = appliedBy(units, object) !== appliedBy(units, now);
    if (!isMoved && isSame(asJson(object.json), asJson(now.json))) continue;
    const change = { ...changeOf(object, now), ...(isMoved && { isMoved }) };
    (change.fields.length === 0 && !isMoved ? same : changed).push(change);
  }
  return { changed, same };
}

function isDeployedIn(units: Units): (object: PlacedObject) => boolean {
  return ({ file }) => units.get(file)?.applier !== undefined;
}

function appliedBy(units: Units | undefined, { file }: PlacedObject): string | undefined {
  const unit = units?.get(file);
  return unit?.applier === undefined ? unit?.environment : objectIdentity(unit.applier);
}

/** What differs between two objects. */
export function changeOf(base: PlacedObject, head: PlacedObject): Changed {
  const before = effectiveForm(base.json);
  const after = effectiveForm(head.json);
  const fields = fieldChanges(asJson(before), asJson(after));
  return { what: 'changed', base, head, before, after, fields };
}

const LIKELY = 0.5;

/** If both sides have more candidates, only those of equal names are compared: the work is quadratic. */
const MANY = 200;

/** Removed objects by the added ones that they likely became, and the reverse: of one kind, and mostly equal. */
function likelyPairs(removed: Objects, added: Objects, units: Units) {
  const unitOf = ({ file }: PlacedObject): string | undefined => units.get(file)?.environment;
  // What an applier deletes does not become an object that nothing applies.
  const isDeployed = isDeployedIn(units);
  const leaves = new Map(
    [...removed, ...added].map(object => {
      const { apiVersion: _, kind: _kind, metadata: _metadata, ...rest } = object.json;
      return [object, new Set(leavesOf(rest, ''))];
    }),
  );
  const isMany = removed.length > MANY && added.length > MANY;
  const candidates = removed.flatMap(before =>
    added
      .filter(({ kind, group }) => kind === before.kind && group === before.group)
      .filter(after => isDeployed(after) || !isDeployed(before))
      .filter(after => after.name === before.name || (!isMany && unitOf(after) === unitOf(before)))
      .map(after => {
        const share = overlap(leaves.get(before), leaves.get(after));
        return { before, after, likeness: after.name === before.name ? 1 + share : share };
      })
      .filter(({ likeness }) => likeness >= LIKELY),
  );
  const pairs = new Map<PlacedObject, PlacedObject>();
  for (const { before, after } of candidates.sort((a, b) => b.likeness - a.likeness)) {
    if (pairs.has(before) || pairs.has(after)) continue;
    pairs.set(before, after);
    pairs.set(after, before);
  }
  return pairs;
}

function* leavesOf(value: unknown, field: string): Iterable<string> {
  if (Array.isArray(value)) for (const item of value) yield* leavesOf(item, `${field}[]`);
  else if (isMap(value))
    for (const [name, child] of Object.entries(value)) yield* leavesOf(child, `${field}.${name}`);
  else yield `${field}=${value}`;
}

function overlap(a: ReadonlySet<string> = new Set(), b: ReadonlySet<string> = new Set()): number {
  const shared = [...a].filter(leaf => b.has(leaf)).length;
  return shared / Math.max(a.size, b.size, 1);
}
