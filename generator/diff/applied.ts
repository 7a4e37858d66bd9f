import { relative } from 'node:path';
import type { Finding } from '../core/finding.ts';
import { groupBy, isSame } from '../core/json.ts';
import { objectIdentity } from '../graph/graph.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { shortened } from '../report/text.ts';
import { isBelow } from '../world/inside.ts';
import type { PathUnits } from '../world/sets.ts';
import type { ObjectSource } from '../world/source.ts';
import { comesOfAny, hasNoFolder, isDeployed, isUnread, type Unit } from '../world/world.ts';
import type { Both } from './comparison.ts';
import { notice } from './review.ts';

/** The units of a side, and the folder that was read as a whole. */
export interface SideUnits extends PathUnits {
  readonly root: string;
}

/** The sides without what appliers apply, if neither has a folder of an applier: then they are rendered output. */
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

/** Head without its orphans: what nobody applies any more is deleted from the cluster, even if its files stay. */
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

/** Whether a unit of base contained its applier, which head lacks: appliers do not delete what they are part of. */
function releasedBy(head: SideUnits): (unit: Unit) => boolean {
  const headIds = new Set(identitiesIn(head.units));
  return ({ by, ...unit }) =>
    by !== undefined &&
    by.written === undefined &&
    !headIds.has(objectIdentity(by)) &&
    identitiesIn([unit]).includes(objectIdentity(by));
}

/** Whether a unit of head has objects that a unit applied on base and no longer has: they are deleted. */
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
 * The sides without what is switched off: units whose appliers no kustomization lists. What head applies of them is new,
 * though its files were there; `dormant` are its identities. Where nothing else is selected they are compared.
 */
export function withoutDormant<T extends SideUnits>({
  base,
  head,
}: Both<T>): Both<T> & {
  readonly dormant: ReadonlySet<string>;
  readonly findings: readonly Finding[];
} {
  const isOff = ({ isUnlisted }: Unit): boolean => isUnlisted === true;
  const isSelected = ({ units, isWanted }: T): boolean =>
    units.some(unit => !isOff(unit) && unit.sources.some(isWanted));
  if (!isSelected(base) && !isSelected(head))
    return { base, head, dormant: new Set(), findings: [] };
  const without = (side: T): T => ({ ...side, units: side.units.filter(unit => !isOff(unit)) });
  const dormant = new Set(identitiesIn(base.units.filter(isOff)));
  const findings = dormantFindings({ base, head }, isOff);
  return { base: without(base), head: without(head), dormant, findings };
}

function dormantFindings(
  { base, head }: Both<SideUnits>,
  isOff: (unit: Unit) => boolean,
): Finding[] {
  const before = groupBy(base.units.filter(isOff), ({ folder }) => folder);
  const textsOf = (units: readonly Unit[]): unknown[] =>
    units.flatMap(({ sources }) => sources.map(({ text }) => text));
  const wasOn = new Set(base.units.filter(unit => !isOff(unit)).map(({ folder }) => folder));
  const changed = head.units.filter(
    unit =>
      isOff(unit) &&
      !wasOn.has(unit.folder) &&
      unit.sources.some(head.isWanted) &&
      !isSame(textsOf([unit]), textsOf(before.get(unit.folder) ?? [])),
  );
  const folders = [...new Set(changed.map(({ folder }) => folder))].sort();
  if (folders.length === 0) return [];
  const what =
    folders.length === 1 ? '1 folder changes that is' : `${folders.length} folders change that are`;
  const message = `${what} not applied, as no kustomization lists what applies it: ${shortened(folders).join(', ')}`;
  const hint = 'List it, or leave it as it is: nothing of it comes to a cluster.';
  return [notice('not-applied', message, hint)];
}

/**
 * Base without copies: objects that nobody applied, that head lacks, and that are applied from elsewhere on both sides.
 * A finding says so, as somebody may have applied them by hand.
 */
export function withoutCopies<T extends SideUnits>(
  base: T,
  head: SideUnits,
): { readonly base: T; readonly findings: readonly Finding[] } {
  const applied = [base, head].map(({ units }) => new Set(identitiesIn(units.filter(isDeployed))));
  const headIds = new Set(head.units.map(({ id }) => id));
  const appliedFolders = head.units.filter(isDeployed).map(({ folder }) => `/${folder}`);
  const isGone = (unit: Unit): boolean =>
    !isDeployed(unit) &&
    !headIds.has(unit.id) &&
    !appliedFolders.some(folder => folder !== '/' && isBelow(folder, `/${unit.folder}`));
  const isCopy = (object: PlacedObject): boolean =>
    applied.every(ids => ids.has(objectIdentity(object)));
  const findings: Finding[] = [];
  const units = base.units.map(unit => {
    const copies = isGone(unit) ? objectsIn([unit]).filter(isCopy) : [];
    if (copies.length === 0) return unit;
    if (unit.sources.some(base.isWanted)) findings.push(copyFinding(unit, copies));
    const sources = unit.sources.map(source => ({
      ...source,
      objects: source.objects.filter(object => !copies.includes(object)),
    }));
    return { ...unit, sources };
  });
  const isEmptied = (unit: Unit): boolean =>
    !base.units.includes(unit) &&
    unit.sources.every(({ objects, findings }) => objects.length + findings.length === 0);
  return { base: { ...base, units: units.filter(unit => !isEmptied(unit)) }, findings };
}

function copyFinding(unit: Unit, copies: readonly PlacedObject[]): Finding {
  const all = objectsIn([unit]).length;
  const stays =
    copies.length === all
      ? 'what it holds is applied from elsewhere, before and after, and stays'
      : `${copies.length} of its ${all} objects ${copies.length === 1 ? 'is' : 'are'} applied from elsewhere too, before and after: nothing of that is deleted`;
  return notice(
    'left-over',
    `"${unit.folder}" goes, which nothing here applied: ${stays}`,
    'If somebody applied it by hand to another cluster, look at what becomes of that one.',
  );
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

function filesOf({ root }: SideUnits, units: readonly Unit[]): Set<string> {
  const places = units.flatMap(({ sources }) => sources.flatMap(source => source.places ?? []));
  return new Set(places.map(place => relative(root, place)));
}
