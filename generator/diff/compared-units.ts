import { relative } from 'node:path';
import type { Finding } from '../core/finding.ts';
import { groupBy, isSame } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import { objectIdentity, type PlacedObject } from '../kinds/kind.ts';
import { shortened } from '../report/text.ts';
import { isBelow } from '../world/inside.ts';
import type { ObjectSource } from '../world/source.ts';
import type { Unit } from '../world/world.ts';
import { beginsAs, comesOfAny, hasNoFolder, isDeployed, isUnread } from '../world/world.ts';
import type { Both } from './diff.ts';
import { notice } from './review.ts';
import type { WorldSide } from './side.ts';

/** If no applier finds its folder on either side, these trees are rendered output, so we do not follow appliers. */
export function withoutAppliersOfRendered({ base, head }: Both<WorldSide>): Both<WorldSide> {
  const isRendered = [base, head].every(({ units }) => units.filter(isDeployed).every(hasNoFolder));
  return isRendered
    ? { base: without(base, isDeployed), head: without(head, isDeployed) }
    : { base, head };
}

function without(side: WorldSide, isLeftOut: (unit: Unit) => boolean): WorldSide {
  return { ...side, units: side.units.filter(unit => !isLeftOut(unit)) };
}

/** A side without folders that the other side could not read: nothing in them counts as new or removed. */
export function withoutUnseen(side: WorldSide, otherSide: WorldSide): WorldSide {
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

/** Head without what was applied on base and no longer is: it is deleted, even if its files stay. What is new there stays. */
export function withoutNoLongerApplied(head: WorldSide, base: WorldSide): WorldSide {
  const baseIds = new Set(base.units.flatMap(({ id, treeRoot }) => [id, treeRoot?.id]));
  const isReleased = releasedBy(head);
  const kept = base.units.filter(unit => !isReleased(unit));
  const filesOfBase = filesOf(base, kept);
  const filesApplied = filesOf(base, kept.filter(isDeployed));
  const hasDeleted = hasDeletedObjects(head, base);
  const isNoLongerApplied = (unit: Unit): boolean => {
    const { id, treeRoot } = unit;
    const isNew = !isDeployed(unit) && !baseIds.has(id);
    if (isNew && hasDeleted(unit)) return true;
    if (treeRoot !== undefined) return !baseIds.has(treeRoot.id) && filesOfBase.has(treeRoot.file);
    return isNew && [...filesOf(head, [unit])].some(file => filesApplied.has(file));
  };
  const trees = new Set(head.units.filter(isNoLongerApplied).map(({ tree }) => tree));
  if (trees.size === 0) return head;
  const hasBefore = isAmong(base, head);
  return withoutObjects(head, unit => (trees.has(unit.tree) ? hasBefore : undefined));
}

/** Whether a side has an object: the same, without its namespace, or of this kind and name in one of the same files. */
function isAmong(side: WorldSide, otherSide: WorldSide): IsLeftOut {
  const pathsFrom = (root: string) =>
    oncePer(({ places = [] }: ObjectSource) => new Set(places.map(at => relative(root, at))));
  const [pathsOf, pathsThere] = [pathsFrom(side.root), pathsFrom(otherSide.root)];
  const found = side.units.flatMap(({ sources }) =>
    sources.flatMap(source => source.objects.map(object => ({ object, source }))),
  );
  const ids = new Set(found.flatMap(({ object }) => identitiesWithoutNamespace(object)));
  const byName = groupBy(found, ({ object }) => identitiesWithoutNamespace(object)[1]);
  return (object, source) => {
    const [id, name] = identitiesWithoutNamespace(object);
    const sources = new Set(byName.get(name)?.map(entry => entry.source));
    const paths = [...pathsThere(source)];
    return ids.has(id) || [...sources].some(was => paths.some(path => pathsOf(was).has(path)));
  };
}

type IsLeftOut = (object: PlacedObject, source: ObjectSource) => boolean;

/** A side without some objects of its units, and without the units that had nothing else. */
function withoutObjects(side: WorldSide, leftOutOf: (unit: Unit) => IsLeftOut | undefined) {
  const units = side.units.flatMap(unit => {
    const isLeftOut = leftOutOf(unit);
    if (isLeftOut === undefined) return [unit];
    const sources = unit.sources.map(source => {
      return { ...source, objects: source.objects.filter(object => !isLeftOut(object, source)) };
    });
    const isEmptied = sources.every(
      ({ objects, findings }) => objects.length + findings.length === 0,
    );
    return isEmptied ? [] : [{ ...unit, sources }];
  });
  return { ...side, units };
}

function releasedBy(head: WorldSide): (unit: Unit) => boolean {
  const headIds = new Set(identitiesIn(head.units));
  return ({ by, ...unit }) =>
    by !== undefined &&
    by.written === undefined &&
    !headIds.has(objectIdentity(by)) &&
    identitiesIn([unit]).includes(objectIdentity(by));
}

function hasDeletedObjects(head: WorldSide, base: WorldSide): (unit: Unit) => boolean {
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

/** The sides without units whose appliers no kustomization lists, if anything else is selected; `dormant`: their identities. */
export function withoutDormant({ base, head }: Both<WorldSide>): Both<WorldSide> & {
  readonly dormant: ReadonlySet<string>;
  readonly findings: readonly Finding[];
} {
  const isOff = ({ isUnlisted }: Unit): boolean => isUnlisted === true;
  const isSelected = ({ units, isWanted }: WorldSide): boolean =>
    units.some(unit => !isOff(unit) && unit.sources.some(isWanted));
  if (!isSelected(base) && !isSelected(head))
    return { base, head, dormant: new Set(), findings: [] };
  const dormant = new Set(identitiesIn(base.units.filter(isOff)));
  const findings = dormantFindings({ base, head }, isOff);
  return { base: without(base, isOff), head: without(head, isOff), dormant, findings };
}

function dormantFindings({ base, head }: Both<WorldSide>, isOff: (unit: Unit) => boolean) {
  const before = groupBy(base.units.filter(isOff), ({ folder }) => folder);
  const textsOf = (units: readonly Unit[]): unknown[] =>
    units.flatMap(({ sources }) => sources.map(({ text }) => text));
  const wasOn = new Set(base.units.filter(unit => !isOff(unit)).map(({ folder }) => folder));
  const changed = head.units
    .filter(unit => isOff(unit) && !wasOn.has(unit.folder) && unit.sources.some(head.isWanted))
    .filter(unit => !isSame(textsOf([unit]), textsOf(before.get(unit.folder) ?? [])));
  const folders = [...new Set(changed.map(({ folder }) => folder))].sort();
  if (folders.length === 0) return [];
  const what =
    folders.length === 1 ? '1 folder changes that is' : `${folders.length} folders change that are`;
  const message = `${what} not applied, as no kustomization lists what applies it: ${shortened(folders).join(', ')}`;
  const hint = 'List it, or leave it as it is: nothing of it comes to a cluster.';
  return [notice('not-applied', message, hint)];
}

/** Of a folder that nothing here applies kubectl takes all files that it can read: what both sides have broken alike is a unit apart. */
export function withBrokenApart({ base, head }: Both<WorldSide>): Both<WorldSide> {
  const contents = [base, head].map(side => new Set(brokenFiles(side).map(([, key]) => key)));
  const apart = [base, head].map(side => {
    const alike = brokenFiles(side).filter(([, key]) => contents.every(keys => keys.has(key)));
    return { ...side, units: unitsApart(side, new Set(alike.map(([source]) => source))) };
  });
  return { base: apart[0] ?? base, head: apart[1] ?? head };
}

function brokenFiles(side: WorldSide) {
  const loose = side.units.filter(unit => unit.by === undefined && beginsAs(unit, 'manifests'));
  return loose.flatMap(({ id, sources }) =>
    sources
      .filter(({ findings }) => findings.some(isError))
      .map(source => [source, JSON.stringify([id, contentsOf([source], side)])] as const),
  );
}

function unitsApart({ root, units }: WorldSide, apart: ReadonlySet<ObjectSource>): Unit[] {
  return units.flatMap(unit => {
    const sources = unit.sources.filter(source => !apart.has(source));
    if (sources.length === 0) return [unit];
    const broken = unit.sources.filter(source => apart.has(source));
    const alone = broken.map(source => {
      const file = relative(root, source.places?.[0] ?? source.file);
      return { ...unit, id: `${unit.id} ${file}`, folder: file, sources: [source], raw: [] };
    });
    return [{ ...unit, sources }, ...alone];
  });
}

/** Base without objects that nobody applied, that head lacks, and that are applied from elsewhere on both sides: a finding says so. */
export function withoutAppliedElsewhere(
  base: WorldSide,
  head: WorldSide,
): { readonly base: WorldSide; readonly findings: readonly Finding[] } {
  const applied = [base, head].map(({ units }) => new Set(identitiesIn(units.filter(isDeployed))));
  const headIds = new Set(head.units.map(({ id }) => id));
  const appliedFolders = head.units.filter(isDeployed).map(({ folder }) => `/${folder}`);
  const isGone = (unit: Unit): boolean =>
    !isDeployed(unit) &&
    !headIds.has(unit.id) &&
    !appliedFolders.some(folder => folder !== '/' && isBelow(folder, `/${unit.folder}`));
  const isAppliedElsewhere = (object: PlacedObject) =>
    applied.every(ids => ids.has(objectIdentity(object)));
  const findings: Finding[] = [];
  const left = withoutObjects(base, unit => {
    const elsewhere = isGone(unit) ? objectsIn([unit]).filter(isAppliedElsewhere) : [];
    if (elsewhere.length === 0) return undefined;
    if (unit.sources.some(base.isWanted)) findings.push(elsewhereFinding(unit, elsewhere));
    return object => elsewhere.includes(object);
  });
  return { base: left, findings };
}

function elsewhereFinding(unit: Unit, objects: readonly PlacedObject[]): Finding {
  const all = objectsIn([unit]).length;
  const stays =
    objects.length === all
      ? 'what it holds is applied from elsewhere, before and after, and stays'
      : `${objects.length} of its ${all} objects ${objects.length === 1 ? 'is' : 'are'} applied from elsewhere too, before and after: nothing of that is deleted`;
  const message = `"${unit.folder}" goes, which nothing here applied: ${stays}`;
  const todo =
    'If somebody applied it by hand to another cluster, look at what becomes of that one.';
  return notice('left-over', message, todo);
}

function objectsIn(units: readonly Pick<Unit, 'sources'>[]): PlacedObject[] {
  return units.flatMap(({ sources }) => sources.flatMap(({ objects }) => [...objects]));
}

function identitiesIn(units: readonly Pick<Unit, 'sources'>[]): string[] {
  return objectsIn(units).map(objectIdentity);
}

function identitiesWithoutNamespace(object: PlacedObject): [string, string] {
  return [objectIdentity(object), objectIdentity({ ...object, namespace: '' })];
}

/** The files of units, by their paths from the root of their side. */
export function filesOf({ root }: WorldSide, units: readonly Unit[]): Set<string> {
  const places = units.flatMap(({ sources }) => sources.flatMap(source => source.places ?? []));
  return new Set(places.map(place => relative(root, place)));
}

/** The paths of all files of sources, each with its bytes. */
export function contentsOf(sources: readonly ObjectSource[], side: WorldSide): string[][] {
  const { host } = side.place;
  const placesIn = ({ places, file }: ObjectSource) => places ?? [host.realPath(file) ?? []].flat();
  const places = new Set(sources.flatMap(placesIn));
  return [...places]
    .filter(place => host.kindOf(place) === 'file')
    .sort()
    .map(at => [relative(side.root, at), Buffer.from(host.readFile(at)).toString('latin1')]);
}

export function isError({ severity }: Finding): boolean {
  return severity === 'error';
}
