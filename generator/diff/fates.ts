import { join } from 'node:path';
import type { Finding } from '../core/finding.ts';
import { groupBy, isSame } from '../core/json.ts';
import { onceFor } from '../core/once.ts';
import { displayKind, type PlacedObject } from '../kinds/kind.ts';
import { counted } from '../report/text.ts';
import { isBelow } from '../world/inside.ts';
import { isOfFunction } from '../world/kustomize/closure.ts';
import { type ObjectSource, SKIPPED } from '../world/source.ts';
import { comesOfAny, hasNoFolder, isDeployed, isUnread, type Unit } from '../world/world.ts';
import { contentsOf, filesOf, isError } from './compared-units.ts';
import type { Both, SideName } from './diff.ts';
import { LEFT_ALONE, MENDED, MOVED, notice } from './review.ts';
import type { WorldSide } from './side.ts';

/**
 * What becomes of a unit of which something cannot be read.
 *
 * - `still broken`: what applies it surely fails on both sides, so that no change of it comes to a cluster.
 * - `left alone`: both sides cannot be read alike, and no file of it has changed.
 * - `build broken`: base could be built, and what applies head fails. It applies nothing of it any more.
 * - `mended`: the other way round. Nothing is known of base, so all that head applies of it counts as added.
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
  return isSame(contentsOf(was.sources, sides.base), contentsOf(is.sources, sides.head));
}

interface Fault {
  readonly finding: Finding;
  readonly fails?: ObjectSource['fails'];
}

interface BrokenUnit extends Fault {
  readonly side: SideName;
  readonly unit: Unit;
  readonly isSelected: boolean;
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
      const found = findings.filter(isFault).map((finding): Fault => ({ finding, fails }));
      return [...found, ...scaffold.filter(isFault).map(finding => ({ finding }))];
    });
    // What a chart makes is on neither side, and no other object stands in for it.
    const alone = notReadChange(unit, otherUnit ?? unit)
      .alone.filter(({ message }) => !message.startsWith('not read: a Helm chart: '))
      .map(finding => ({ finding }));
    const skipped = skippedIn(unit, side).filter(
      ({ content }) =>
        !skippedIn(otherUnit, otherSide).some(other => isSame(other.content, content)),
    );
    const isSelected = unit.sources.some(isWanted);
    const isRunOtherwise =
      otherUnit && !isSame(functionsOf(unit, side), functionsOf(otherUnit, otherSide));
    const unread = isRunOtherwise ? unit.sources.flatMap(source => source.unread ?? []) : [];
    const run = unread.filter(isOfFunction).map(finding => ({ finding }));
    return [...errors, ...alone, ...run, ...skipped].map(({ finding, fails }: Fault) => {
      return { finding, fails: unit.isUnlisted ? undefined : fails, side: name, unit, isSelected };
    });
  });
}

/** The bytes of what sets up functions that are not run, and of what these may read. */
function functionsOf({ sources }: Unit, side: WorldSide) {
  const setUps = sources.map(source => ({ ...source, places: source.functionPlaces ?? [] }));
  return contentsOf(setUps, side);
}

/** The files that are skipped, as they are too large: a change of one is not seen. */
function skippedIn(unit: Unit | undefined, side: WorldSide) {
  if (unit === undefined || isUnread(unit)) return [];
  return unit.sources.flatMap(source =>
    source.findings
      .filter(({ rule }) => rule === SKIPPED)
      .map(finding => ({ finding, content: contentsOf([source], side) })),
  );
}

function unseenIn(name: SideName, side: WorldSide, otherSide: WorldSide): BrokenUnit[] {
  const placeOf = ({ folder }: Unit): string => join('/', folder);
  const applied = [side, otherSide].flatMap(({ units }) => units.filter(isDeployed)).map(placeOf);
  const filesThere = onceFor(() => [...filesOf(otherSide, otherSide.units)]);
  // A file that the other side has in its place, but in a submodule, may be applied by anybody.
  const isReplaced = (place: string): boolean =>
    filesThere().some(file => isBelow(place, join('/', file))) &&
    !otherSide.place.host.exists(join(otherSide.root, place, '.git'));
  const isApplied = (place: string): boolean =>
    applied.some(folder => isBelow(folder, place) || isBelow(place, folder)) || isReplaced(place);
  const keyOf = (unit: Unit, { message }: Finding): string => `${unit.id} ${message}`;
  const findingsIn = ({ sources }: Unit) => sources.flatMap(({ findings }) => findings);
  const otherKeys = new Set(
    otherSide.units
      .filter(isUnread)
      .flatMap(unit => findingsIn(unit).map(finding => keyOf(unit, finding))),
  );
  return side.units.filter(isUnread).flatMap(unit => {
    const own = findingsIn(unit).filter(finding => !otherKeys.has(keyOf(unit, finding)));
    if (own.length === 0 || !isApplied(placeOf(unit))) return [];
    const isSelected = unit.sources.some(side.isWanted);
    return own.map(finding => ({ side: name, unit, finding, isSelected }));
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
  const ofBroken = [...base.units, ...head.units].filter(isOfBroken);
  const unsure = ofBroken.filter(({ id }) => before?.has(id) !== after?.has(id));
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
    what: 'could not be built before and can be now: what it applies is shown as added',
    hint: 'Compare it with the last commit that could be built.',
  },
] as const;

const MOST_NAMED = 5;

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
