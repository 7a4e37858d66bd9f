import { join, relative } from 'node:path';
import type { Finding } from '../core/finding.ts';
import { groupBy, isSame } from '../core/json.ts';
import { objectIdentity } from '../graph/graph.ts';
import { displayKind, type PlacedObject } from '../kinds/kind.ts';
import { counted, shortened } from '../report/text.ts';
import { isBelow } from '../world/inside.ts';
import { type ObjectSource, SKIPPED } from '../world/source.ts';
import {
  beginsAs,
  comesOfAny,
  hasNoFolder,
  isDeployed,
  isUnread,
  type Unit,
} from '../world/world.ts';
import type { Both, SideName } from './diff.ts';
import { LEFT_ALONE, MENDED, MOVED, notice } from './review.ts';
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

/** Head without units that were applied on base and no longer are: they are deleted, even if their files stay. */
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
  return without(head, ({ tree }) => trees.has(tree));
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

function brokenFiles(side: WorldSide): [ObjectSource, key: string][] {
  const loose = side.units.filter(unit => unit.by === undefined && beginsAs(unit, 'manifests'));
  return loose.flatMap(({ id, sources }) =>
    sources
      .filter(({ findings }) => findings.some(isError))
      .map((source): [ObjectSource, string] => {
        return [source, JSON.stringify([id, contentsOf({ sources: [source] }, side)])];
      }),
  );
}

function unitsApart({ root, units }: WorldSide, apart: ReadonlySet<ObjectSource>): Unit[] {
  return units.flatMap(unit => {
    const [broken, sources] = [true, false].map(is =>
      unit.sources.filter(source => apart.has(source) === is),
    );
    if (broken === undefined || sources === undefined || sources.length === 0) return [unit];
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
  const units = base.units.map(unit => {
    const elsewhere = isGone(unit) ? objectsIn([unit]).filter(isAppliedElsewhere) : [];
    if (elsewhere.length === 0) return unit;
    if (unit.sources.some(base.isWanted)) findings.push(elsewhereFinding(unit, elsewhere));
    const sources = unit.sources.map(source => {
      return { ...source, objects: source.objects.filter(object => !elsewhere.includes(object)) };
    });
    return { ...unit, sources };
  });
  const isEmptied = (unit: Unit): boolean =>
    !base.units.includes(unit) &&
    unit.sources.every(({ objects, findings }) => objects.length + findings.length === 0);
  return { base: without({ ...base, units }, isEmptied), findings };
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

type Objects = readonly Pick<Unit, 'sources'>[];

function objectsIn(units: Objects): PlacedObject[] {
  return units.flatMap(({ sources }) => sources.flatMap(({ objects }) => [...objects]));
}

function identitiesIn(units: Objects): string[] {
  return objectsIn(units).map(objectIdentity);
}

function identitiesWithoutNamespace(object: PlacedObject): string[] {
  return [objectIdentity(object), objectIdentity({ ...object, namespace: '' })];
}

function filesOf({ root }: WorldSide, units: readonly Unit[]): Set<string> {
  const places = units.flatMap(({ sources }) => sources.flatMap(source => source.places ?? []));
  return new Set(places.map(place => relative(root, place)));
}

/**
 * What becomes of a unit of which something cannot be read.
 *
 * - `still broken`: what applies it surely fails on both sides, so that no change of it comes to a cluster.
 * - `left alone`: both sides cannot be read alike, and no file of it has changed.
 * - `build broken`: base could be built, and what applies head fails. It applies nothing of it any more.
 * - `mended`: the other way round. What changes in it is not known, and its apply is no worse for it.
 * - `not compared`: this change, or what is not read, keeps it from being compared.
 */
type Fate = 'still broken' | 'left alone' | 'build broken' | 'mended' | 'not compared';

export interface UnitFate {
  readonly fate: Fate;
  /** On the side that cannot be read: on head, if both cannot. */
  readonly unit: Unit;
  readonly faults: readonly { readonly side: SideName; readonly finding: Finding }[];
  readonly isSelected: boolean;
  /** The units of base that its applier applied, and what came of them, where its folder is gone. */
  readonly before?: readonly Unit[];
}

export type NameOf = (unit: Unit) => string;

/** The fates of all units that are not compared. `applied` are the sides without what nobody applies. */
export function fatesOf(all: Both<WorldSide>, applied: Both<WorldSide>): UnitFate[] {
  const broken = [
    ...unseenIn('base', all.base, all.head),
    ...unseenIn('head', all.head, all.base),
    ...brokenOf('base', applied.base, applied.head),
    ...brokenOf('head', applied.head, applied.base),
  ];
  const fates = [...groupBy(broken, ({ unit }) => unit.id).values()].map(faults => {
    const { unit } = faults.at(-1) ?? faults[0];
    const isSelected = faults.some(fault => fault.isSelected);
    return { fate: fateOf(faults, applied), unit, faults, isSelected };
  });
  return [...fates, ...lostFolders(applied.base, applied.head)];
}

function fateOf(faults: readonly BrokenUnit[], sides: Both<WorldSide>): Fate {
  const before = faults.filter(({ side }) => side === 'base');
  const after = faults.filter(({ side }) => side === 'head');
  const fail = (all: readonly BrokenUnit[]): boolean => all.every(fault => fault.fails);
  if (faults.every(({ fails }) => fails === 'surely') && before.length * after.length > 0)
    return 'still broken';
  if (isAlike(before, after, sides)) return 'left alone';
  if (before.length === 0 && fail(after)) return 'build broken';
  const isOnHead = sides.head.units.some(({ id }) => id === before[0]?.unit.id);
  if (after.length === 0 && isOnHead && fail(before)) return 'mended';
  return 'not compared';
}

function isAlike(
  before: readonly BrokenUnit[],
  after: readonly BrokenUnit[],
  sides: Both<WorldSide>,
): boolean {
  const [was, is] = [before[0]?.unit, after[0]?.unit];
  if (was === undefined || is === undefined) return false;
  const messages = (faults: readonly BrokenUnit[]): string[] =>
    faults.map(({ finding }) => finding.message).sort();
  const arePlaced = [was, is].every(({ sources }) => sources.every(({ places }) => places));
  if (!arePlaced || !isSame(messages(before), messages(after))) return false;
  return isSame(contentsOf(was, sides.base), contentsOf(is, sides.head));
}

type Content = readonly [path: string, bytes: string];

function contentsOf({ sources }: Pick<Unit, 'sources'>, { root, place: { host } }: WorldSide) {
  const placesIn = ({ places, file }: ObjectSource) => places ?? [host.realPath(file) ?? []].flat();
  const places = new Set(sources.flatMap(placesIn));
  return [...places]
    .filter(place => host.kindOf(place) === 'file')
    .sort()
    .map((place): Content => {
      return [relative(root, place), Buffer.from(host.readFile(place)).toString('latin1')];
    });
}

interface BrokenUnit {
  readonly side: SideName;
  readonly finding: Finding;
  readonly unit: Unit;
  readonly isSelected: boolean;
  readonly fails?: ObjectSource['fails'];
}

function brokenOf(name: SideName, side: WorldSide, otherSide: WorldSide) {
  const { units, isWanted } = side;
  const otherUnits = new Map(otherSide.units.map(unit => [unit.id, unit]));
  return units.flatMap((unit): BrokenUnit[] => {
    const otherUnit = otherUnits.get(unit.id);
    const isOtherBuilt = otherUnit?.sources.some(({ isBuilt }) => isBuilt) === true;
    const errors = unit.sources.flatMap(({ findings, scaffold = [], fails, isBuilt }) => {
      // That something was not read is a fault only if the other side was built: files are not compared with a build.
      const isFault = (finding: Finding): boolean =>
        isError(finding) || (isOtherBuilt && !isBuilt && finding.rule === 'unreadable');
      const found = findings.filter(isFault).map(finding => ({ finding, fails }));
      return [
        ...found,
        ...scaffold.filter(isFault).map(finding => ({ finding, fails: undefined })),
      ];
    });
    // What a chart makes is on neither side, and no other object stands in for it.
    const alone = notReadChange(unit, otherUnit ?? unit)
      .alone.filter(({ message }) => !message.startsWith('not read: a Helm chart: '))
      .map(finding => ({ finding, fails: undefined }));
    const skipped = skippedIn(unit, side).filter(
      ({ content }) =>
        !skippedIn(otherUnit, otherSide).some(other => isSame(other.content, content)),
    );
    const isSelected = unit.sources.some(isWanted);
    return [...errors, ...alone, ...skipped].map(({ finding, fails }) => {
      return { finding, fails: unit.isUnlisted ? undefined : fails, side: name, unit, isSelected };
    });
  });
}

/** The files that are skipped, as they are too large: a change of one is not seen. */
function skippedIn(unit: Unit | undefined, side: WorldSide) {
  if (unit === undefined || isUnread(unit)) return [];
  return unit.sources.flatMap(source =>
    source.findings
      .filter(({ rule }) => rule === SKIPPED)
      .map(finding => ({
        finding,
        fails: undefined,
        content: contentsOf({ sources: [source] }, side),
      })),
  );
}

function unseenIn(name: SideName, side: WorldSide, otherSide: WorldSide): BrokenUnit[] {
  const placeOf = ({ folder }: Unit): string => join('/', folder);
  const applied = [side, otherSide].flatMap(({ units }) => units.filter(isDeployed)).map(placeOf);
  const isApplied = (place: string): boolean =>
    applied.some(folder => isBelow(folder, place) || isBelow(place, folder));
  const unseen = ({ units }: WorldSide) =>
    units
      .filter(unit => isUnread(unit) && isApplied(placeOf(unit)))
      .flatMap(unit =>
        unit.sources.flatMap(({ findings }) => findings.map(finding => [unit, finding] as const)),
      );
  const keyOf = ([unit, { message }]: readonly [Unit, Finding]): string => `${unit.id} ${message}`;
  const otherKeys = new Set(unseen(otherSide).map(keyOf));
  const found = unseen(side).filter(entry => !otherKeys.has(keyOf(entry)));
  return found.map(([unit, finding]) => {
    const isSelected = unit.sources.some(side.isWanted);
    return { side: name, unit, finding, isSelected };
  });
}

/** The appliers of head whose folder is missing: nothing is deleted (docs/facts/flux.md#missing-folders; Argo CD alike). */
function lostFolders(base: WorldSide, head: WorldSide): UnitFate[] {
  const present = new Set(head.units.filter(unit => !isAbsent(unit)).map(({ id }) => id));
  const gone = base.units.filter(unit => !isAbsent(unit) && !present.has(unit.id));
  return head.units.filter(isAbsent).flatMap(unit => {
    const applied = gone.filter(({ sync }) => sync !== undefined && sync === unit.sync);
    const [first] = applied;
    if (first === undefined) return [];
    const before = base.units.filter(comesOfAny(new Set(applied.map(({ id }) => id))));
    const isSelected = before.some(({ sources }) => sources.some(base.isWanted));
    const isHere = isSame(sourcesOf(unit.by), sourcesOf(first.by));
    const faults = [{ side: 'head', finding: lostFinding(unit, isHere) } as const];
    return [{ fate: isHere ? 'build broken' : 'not compared', unit, faults, isSelected, before }];
  });
}

function isAbsent(unit: Unit): boolean {
  return isDeployed(unit) && hasNoFolder(unit);
}

function lostFinding({ by, as, folder }: Unit, isHere: boolean): Finding {
  const name = by === undefined ? folder : `the ${displayKind(by)} "${as ?? by.name}"`;
  const message = isHere
    ? `there is no folder "${folder}", which ${name} is to apply`
    : `what ${name} applies now is not in this repository: nobody can tell what becomes of what it applied`;
  const hint = isHere
    ? 'Look at the path; or remove what applies it too, if that is meant.'
    : 'Look at what lies there.';
  return { ...notice('lost-folder', message, hint), severity: 'error' };
}

function sourcesOf(applier: PlacedObject | undefined): unknown[] {
  const applied = applier?.knownKind?.applies?.folders?.(applier) ?? [];
  return applied.map(({ url, source }) => url ?? source);
}

/** The ids of all units that are not compared: those with a fate, and units that come of them and are on one side only. */
export function notCompared(fates: readonly UnitFate[], sides: Both<WorldSide>): Set<string> {
  const ids = new Set(fates.flatMap(({ unit, before = [] }) => [unit, ...before].map(u => u.id)));
  const isOfBroken = comesOfAny(ids);
  const { base, head } = sides;
  const [before, after] = [base, head].map(({ units }) => new Set(units.map(({ id }) => id)));
  const unsure = [...sides.base.units, ...sides.head.units]
    .filter(isOfBroken)
    .filter(({ id }) => before?.has(id) !== after?.has(id));
  return new Set([...ids, ...unsure.map(({ id }) => id)]);
}

/** Notices of units that use another version of a remote repository. */
export function movedFindings({ base, head }: Both<WorldSide>, nameOf: NameOf): Finding[] {
  const before = new Map(base.units.map(unit => [unit.id, unit]));
  const selected = head.units.filter(({ sources }) => sources.some(head.isWanted));
  return selected.flatMap(unit => {
    const it = nameOf(unit) === '' ? 'it' : `"${nameOf(unit)}"`;
    return notReadChange(unit, before.get(unit.id) ?? unit).moved.map(([address, was]) => {
      const message = `${it} takes another state of what is on a server: ${was} → ${address}`;
      return notice(MOVED, message, LOOK_THERE);
    });
  });
}

const LOOK_THERE = 'What differs between the two is not seen here: look at it there.';

/** Says in one line each which units the change leaves as they are, and which it mends. */
export function fateFindings(fates: readonly UnitFate[], nameOf: NameOf): Finding[] {
  return NOTICES.flatMap(({ fate, rule, what, hint }) => {
    const units = fates.filter(entry => entry.fate === fate).map(({ unit }) => unit);
    const found = [...new Set(units.map(nameOf))].sort();
    if (found.length === 0) return [];
    const named = found.slice(0, MOST_NAMED).join(', ') + (found.length > MOST_NAMED ? ', …' : '');
    return [notice(rule, `${counted(found.length, 'environment')} ${what}: ${named}`, hint)];
  });
}

const NOTICES = [
  {
    fate: 'still broken',
    rule: LEFT_ALONE,
    what: 'cannot be built, before and after, so that nothing of it is applied',
    hint: '`rem-secrets lint` says why.',
  },
  {
    fate: 'left alone',
    rule: LEFT_ALONE,
    what: 'cannot be read, before and after alike, and no file of it is changed',
    hint: '`rem-secrets lint` says why.',
  },
  {
    fate: 'mended',
    rule: MENDED,
    what: 'could not be built before and can be now, so what changes in it is not known',
    hint: 'Compare it with the last commit that could be built.',
  },
] as const;

const MOST_NAMED = 5;

export function isError({ severity }: Finding): boolean {
  return severity === 'error';
}

function notReadChange(side: Unit, otherSide: Unit) {
  const [here = [], there = []] = [side, otherSide].map(({ sources }) =>
    sources.flatMap(({ unread = [] }) => unread),
  );
  const onlyIn = (all: readonly Finding[], others: readonly Finding[]): Finding[] =>
    all.filter(({ message }) => !others.some(finding => finding.message === message));
  const candidates = onlyIn(there, here);
  const alone: Finding[] = [];
  // The addresses of one remote repository, on this side and on the other.
  const moved: [string, string][] = [];
  for (const finding of onlyIn(here, there)) {
    const repository = repositoryOf(finding);
    const index = candidates.findIndex(candidate => repositoryOf(candidate) === repository);
    const [partner] = repository === undefined || index < 0 ? [] : candidates.splice(index, 1);
    if (partner === undefined) alone.push(finding);
    else moved.push([addressOf(finding), addressOf(partner)]);
  }
  return { alone, moved };
}

const REMOTE = 'not read: remote: ';

function addressOf({ message }: Finding): string {
  return message.slice(REMOTE.length);
}

function repositoryOf(finding: Finding): string | undefined {
  if (!finding.message.startsWith(REMOTE)) return undefined;
  const address = addressOf(finding).replace(/^[a-z+]{1,9}:\/\/|^git@|^git::/, '');
  const [whole = '', ...below] = address.split('//');
  const found = below.length > 0 ? whole : /^[^/:?]+[/:][^/?]+\/[^/?]+/.exec(address)?.[0];
  return found?.replace(/\.git$/, '');
}
