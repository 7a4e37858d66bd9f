import { join, relative } from 'node:path';
import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy, isSame } from '../core/json.ts';
import { objectIdentity } from '../graph/graph.ts';
import { displayKind, type PlacedObject } from '../kinds/kind.ts';
import { isBelow } from '../world/inside.ts';
import type { PathUnits } from '../world/sets.ts';
import type { ManifestSource, ObjectSource } from '../world/source.ts';
import { comesOfAny, hasNoFolder, isDeployed, isUnread, type Unit } from '../world/world.ts';
import type { Both, SideName } from './comparison.ts';
import type { BrokenSide } from './review.ts';

/** The units of a side, and the folder that was read as a whole. */
export interface SideUnits extends PathUnits {
  readonly root: string;
}

/**
 * The sides without what appliers apply, if no applier of either side finds its folder here: then these trees are no
 * repositories but rendered output, and what the appliers apply is part of it.
 */
export function withoutAppliersOfRendered<T extends SideUnits>({ base, head }: Both<T>): Both<T> {
  const isRendered = [base, head].every(({ units }) => units.filter(isDeployed).every(hasNoFolder));
  if (!isRendered) return { base, head };
  const loose = (side: T): T => ({ ...side, units: side.units.filter(unit => !isDeployed(unit)) });
  return { base: loose(base), head: loose(head) };
}

/** A side without what is where the other side could not look: it is neither new nor gone. */
export function withoutUnseen<T extends SideUnits>(side: T, otherSide: SideUnits): T {
  const unseen = otherSide.units.filter(isUnread).map(({ folder }) => `/${folder}`);
  if (unseen.length === 0) return side;
  const isSeen = (path: string): boolean => !unseen.some(folder => isBelow(folder, `/${path}`));
  const isHere = ({ isBuilt, places = [] }: ObjectSource): boolean =>
    isBuilt || places.every(place => isSeen(relative(side.root, place)));
  const units = side.units
    .filter(unit => isUnread(unit) || isSeen(unit.folder))
    .map(unit => (isUnread(unit) ? unit : { ...unit, sources: unit.sources.filter(isHere) }));
  return { ...side, units };
}

/**
 * Head without its orphans. A unit that was applied on base and is applied by nobody on head is deleted from the
 * cluster, even if its files are still there or were moved.
 */
export function withoutOrphans<T extends SideUnits>(head: T, base: SideUnits): T {
  const baseIds = new Set(base.units.flatMap(({ id, home }) => [id, home?.id]));
  const isReleased = releasedBy(head);
  const kept = base.units.filter(unit => !isReleased(unit));
  const filesOfBase = filesOf(base, kept);
  const filesApplied = filesOf(base, kept.filter(isDeployed));
  const hasDeleted = hasDeletedObjects(head, base);
  const isOrphan = (unit: Unit): boolean => {
    const { id, home } = unit;
    const isNew = !isDeployed(unit) && !baseIds.has(id);
    if (isNew && hasDeleted(unit)) return true;
    if (home !== undefined) return !baseIds.has(home.id) && filesOfBase.has(home.file);
    return isNew && [...filesOf(head, [unit])].some(file => filesApplied.has(file));
  };
  const trees = new Set(head.units.filter(isOrphan).map(({ tree }) => tree));
  return { ...head, units: head.units.filter(({ tree }) => !trees.has(tree)) };
}

/**
 * Whether a unit of base contained its own applier, and head does not have that applier. Then Git no longer says who
 * applies the unit, and an applier does not delete what it is itself part of.
 */
function releasedBy(head: SideUnits): (unit: Unit) => boolean {
  const headIds = new Set(identitiesIn(head.units));
  return ({ by, ...unit }) =>
    by !== undefined &&
    by.written === undefined &&
    !headIds.has(objectIdentity(by)) &&
    identitiesIn([unit]).includes(objectIdentity(by));
}

/**
 * Whether a unit of head has objects that were applied on base by a unit that is still applied, or by what came of
 * it, and are no longer in there: they are deleted, wherever their files went.
 */
function hasDeletedObjects(head: SideUnits, base: SideUnits): (unit: Unit) => boolean {
  const applied = head.units.filter(isDeployed);
  const isStillApplied = comesOfAny(new Set(applied.map(({ id }) => id)));
  const headIds = new Set(objectsIn(applied).flatMap(identitiesWithoutNamespace));
  const deleted = new Set(
    objectsIn(base.units.filter(unit => isDeployed(unit) && isStillApplied(unit)))
      .flatMap(identitiesWithoutNamespace)
      .filter(id => !headIds.has(id)),
  );
  return unit => identitiesIn([unit]).some(id => deleted.has(id));
}

/**
 * Base without copies: units that nobody applied and that head no longer has, each of whose objects is applied from
 * elsewhere on both sides. Nothing is deleted with them. A finding says so, as somebody may have applied them by
 * hand to another cluster.
 */
export function withoutCopies<T extends SideUnits>(
  base: T,
  head: SideUnits,
): { readonly base: T; readonly findings: readonly Finding[] } {
  const applied = [base, head].map(({ units }) => new Set(identitiesIn(units.filter(isDeployed))));
  const headIds = new Set(head.units.map(({ id }) => id));
  const appliedFolders = head.units.filter(isDeployed).map(({ folder }) => `/${folder}`);
  const isCopy = (unit: Unit): boolean => {
    if (isDeployed(unit) || headIds.has(unit.id)) return false;
    if (appliedFolders.some(folder => folder !== '/' && isBelow(folder, `/${unit.folder}`)))
      return false;
    const objects = identitiesIn([unit]);
    return objects.length > 0 && applied.every(ids => objects.every(id => ids.has(id)));
  };
  const copies = new Set(base.units.filter(isCopy));
  if (copies.size === 0) return { base, findings: [] };
  return {
    base: { ...base, units: base.units.filter(unit => !copies.has(unit)) },
    findings: [...copies].filter(({ sources }) => sources.some(base.isWanted)).map(copyFinding),
  };
}

function copyFinding({ folder }: Unit): Finding {
  return {
    rule: 'left-over',
    severity: 'warning',
    message: `"${folder}" goes, which nothing here applied: what it holds is applied from elsewhere, before and after, and stays`,
    hint: 'If somebody applied it by hand to another cluster, look at what becomes of that one.',
    field: '',
  };
}

type Objects = readonly Pick<Unit, 'sources'>[];

function objectsIn(units: Objects): PlacedObject[] {
  return units.flatMap(({ sources }) => sources.flatMap(({ objects }) => [...objects]));
}

function identitiesIn(units: Objects): string[] {
  return objectsIn(units).map(objectIdentity);
}

/** With and without the namespace, as an applier may have given it to the object. */
function identitiesWithoutNamespace(object: PlacedObject): string[] {
  return [objectIdentity(object), objectIdentity({ ...object, namespace: '' })];
}

/** The files of units, from the root. */
function filesOf({ root }: SideUnits, units: readonly Unit[]): Set<string> {
  const places = units.flatMap(({ sources }) => sources.flatMap(source => source.places ?? []));
  return new Set(places.map(place => relative(root, place)));
}

/** A unit of which something cannot be read. */
interface BrokenUnit {
  readonly side: SideName;
  readonly unit: Unit;
  readonly finding: Finding;
  /** Whether a source of it is selected. */
  readonly isSelected: boolean;
}

/** What cannot be read of the units of a side, and what this side alone leaves out. */
export function brokenOf(name: SideName, side: SideUnits, otherSide: SideUnits): BrokenUnit[] {
  const otherUnits = new Map(otherSide.units.map(unit => [unit.id, unit]));
  return side.units.flatMap(unit => {
    const otherUnit = otherUnits.get(unit.id);
    const errors = unit.sources.flatMap(({ findings, scaffold = [] }) =>
      [...findings, ...scaffold].filter(isError),
    );
    const leftOut = leftOutOf(unit).filter(finding => !isOfChart(finding));
    const alone = otherUnit === undefined ? [] : onlyIn(leftOut, leftOutOf(otherUnit));
    const isSelected = unit.sources.some(side.isWanted);
    return [...errors, ...alone].map(finding => ({ side: name, unit, finding, isSelected }));
  });
}

/** The ids of units that are broken alike on both sides, and of which no file has changed. */
export function leftAlone(
  broken: readonly BrokenUnit[],
  base: ReadSide,
  head: ReadSide,
): ReadonlySet<string> {
  const keysOf = (name: SideName, side: ReadSide): Map<string, string> => {
    const units = groupBy(
      broken.filter(entry => entry.side === name),
      ({ unit }) => unit.id,
    );
    return new Map(
      [...units].map(([id, entries]) => [
        id,
        JSON.stringify([
          entries.map(({ finding }) => finding.message).sort(),
          entries[0] === undefined ? [] : contentsOf(entries[0].unit, side),
        ]),
      ]),
    );
  };
  const [before, after] = [keysOf('base', base), keysOf('head', head)];
  return new Set([...before].filter(([id, key]) => after.get(id) === key).map(([id]) => id));
}

/** A side, and the machine that has its files. */
interface ReadSide extends SideUnits {
  readonly place: { readonly host: Host };
}

/** The files that a unit is made of, from the root, with their bytes. */
function contentsOf(unit: Unit, { root, place: { host } }: ReadSide): [string, string][] {
  const places = new Set(unit.sources.flatMap(source => source.places ?? []));
  return [...places]
    .filter(place => host.kindOf(place) === 'file')
    .sort()
    .map(place => [relative(root, place), Buffer.from(host.readFile(place)).toString('latin1')]);
}

/** Says in one line which units the change leaves as they are. */
export function aloneFindings(
  broken: readonly BrokenUnit[],
  alone: ReadonlySet<string>,
  names: ReadonlyMap<Unit, string>,
): Finding[] {
  const units = broken.filter(
    ({ side, unit, isSelected }) => side === 'head' && isSelected && alone.has(unit.id),
  );
  const found = [...new Set(units.map(({ unit }) => names.get(unit) ?? unit.folder))].sort();
  if (found.length === 0) return [];
  const what = found.length === 1 ? '1 unit' : `${found.length} units`;
  const more = found.length > MOST_NAMED ? ', …' : '';
  return [
    {
      rule: 'left-alone',
      severity: 'warning',
      message: `${what} cannot be read, before and after alike, and no file of it is changed: ${found.slice(0, MOST_NAMED).join(', ')}${more}`,
      hint: '`rem-secrets lint` says why.',
      field: '',
    },
  ];
}

/** How many units one line names. */
const MOST_NAMED = 5;

/**
 * Where a side could not look, and something applies what is there: a submodule, a link that leads out. What both
 * sides say in the same words has not changed.
 */
export function unseenIn(name: SideName, side: SideUnits, otherSide: SideUnits): BrokenUnit[] {
  const placeOf = ({ folder }: Unit): string => join('/', folder);
  const applied = [side, otherSide].flatMap(({ units }) => units.filter(isDeployed)).map(placeOf);
  const isApplied = (place: string): boolean =>
    applied.some(folder => isBelow(folder, place) || isBelow(place, folder));
  const unseen = ({ units }: SideUnits): { unit: Unit; key: string; finding: Finding }[] =>
    units
      .filter(unit => isUnread(unit) && isApplied(placeOf(unit)))
      .flatMap(unit =>
        unit.sources
          .flatMap(({ findings }) => findings)
          .map(finding => ({ unit, key: `${unit.id} ${finding.message}`, finding })),
      );
  const known = new Set(unseen(otherSide).map(({ key }) => key));
  return unseen(side)
    .filter(({ key }) => !known.has(key))
    .map(({ unit, finding }) => {
      const isSelected = unit.sources.some(side.isWanted);
      return { side: name, unit, finding, isSelected };
    });
}

/** Whether a chart is left out: what it makes is on neither side, and no other object stands in for it. */
function isOfChart({ message }: Finding): boolean {
  return message.startsWith('not read: a Helm chart: ');
}

/** The ids of units that come of broken ones, and that only one side shows: the other side may have them too. */
export function onOneSideOfBroken(
  broken: readonly BrokenUnit[],
  base: readonly Unit[],
  head: readonly Unit[],
): string[] {
  const isOfBroken = comesOfAny(new Set(broken.map(({ unit }) => unit.id)));
  const [before, after] = [base, head].map(units => new Set(units.map(({ id }) => id)));
  const ids = [...base, ...head].filter(isOfBroken).map(({ id }) => id);
  return ids.filter(id => before?.has(id) !== after?.has(id));
}

/** An applier of head whose folder is not here, and what it applied on base. */
interface LostFolder {
  readonly side: 'head';
  readonly unit: Unit;
  readonly finding: Finding;
  /** The units of base that it applied, and those that came of them. */
  readonly before: readonly Unit[];
}

/**
 * The appliers of head whose folder is missing and was read on base. Nobody can tell what becomes of what they
 * applied, and as long as the folder is missing nothing of it is deleted (docs/facts/flux.md#missing-folders). Argo
 * CD does the same.
 */
export function lostFolders(base: readonly Unit[], head: readonly Unit[]): LostFolder[] {
  const present = new Set(head.filter(unit => !isAbsent(unit)).map(({ id }) => id));
  return head.filter(isAbsent).flatMap(unit => {
    const applied = base.filter(
      was =>
        was.sync !== undefined && was.sync === unit.sync && !present.has(was.id) && !isAbsent(was),
    );
    const before = base.filter(comesOfAny(new Set(applied.map(({ id }) => id))));
    const [first] = applied;
    if (first === undefined) return [];
    return [{ side: 'head', unit, before, finding: lostFinding(unit, first) }];
  });
}

function isAbsent(unit: Unit): boolean {
  return isDeployed(unit) && hasNoFolder(unit);
}

function lostFinding({ by, as, folder }: Unit, before: Unit): Finding {
  const name = by === undefined ? folder : `the ${displayKind(by)} "${as ?? by.name}"`;
  const isSameSource = isSame(sourcesOf(by), sourcesOf(before.by));
  return {
    rule: 'lost-folder',
    severity: 'error',
    message: isSameSource
      ? `there is no folder "${folder}", which ${name} is to apply: it cannot, and nothing of what it applied is deleted`
      : `what ${name} applies now is not in this repository: nobody can tell what becomes of what it applied`,
    hint: isSameSource
      ? 'Look at the path; or remove what applies it too, if that is meant.'
      : 'Look at what lies there.',
    field: '',
  };
}

/** The repositories that an applier applies from. */
function sourcesOf(applier: PlacedObject | undefined): unknown[] {
  const applied = applier?.known?.applies?.folders?.(applier) ?? [];
  return applied.map(({ url, source }) => url ?? source);
}

export function isError({ severity }: Finding): boolean {
  return severity === 'error';
}

/** What is left out of what kustomize built of an environment or a unit. */
export function leftOutOf({ sources }: { readonly sources: readonly ManifestSource[] }): Finding[] {
  return sources.flatMap(({ unread = [] }) => [...unread]);
}

/** What one side leaves out of what it builds, and the other does not. */
export function onlyIn(side: readonly Finding[], otherSide: readonly Finding[]): Finding[] {
  const messages = new Set(otherSide.map(({ message }) => message));
  return side.filter(({ message }) => !messages.has(message));
}

/** What keeps an environment from being compared. */
export function asBroken(side: SideName, environment: string): (finding: Finding) => BrokenSide {
  return finding => ({ side, environment, finding: { ...finding, severity: 'error' } });
}
