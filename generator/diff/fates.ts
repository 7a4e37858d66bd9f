import { join, relative } from 'node:path';
import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy, isSame } from '../core/json.ts';
import { displayKind, type PlacedObject } from '../kinds/kind.ts';
import { isBelow } from '../world/inside.ts';
import type { ManifestSource } from '../world/source.ts';
import { comesOfAny, hasNoFolder, isDeployed, isUnread, type Unit } from '../world/world.ts';
import type { SideUnits } from './applied.ts';
import type { Both, SideName } from './comparison.ts';
import { type BrokenSide, LEFT_ALONE, MENDED, MOVED } from './review.ts';

/**
 * What becomes of a unit of which something cannot be read.
 *
 * - `still broken`: what applies it fails on both sides, so that no change of it comes to a cluster.
 * - `left alone`: both sides cannot be read alike, and no file of it has changed.
 * - `build broken`: base could be built, and what applies head fails. It applies nothing of it any more.
 * - `mended`: the other way round. What changes in it is not known, and its apply is no worse for it.
 * - `not compared`: this change, or what is not read, keeps it from being compared.
 */
type Fate = 'still broken' | 'left alone' | 'build broken' | 'mended' | 'not compared';

/** A unit that is not compared, and why. */
export interface UnitFate {
  readonly fate: Fate;
  /** On the side that cannot be read: on head, if both cannot. */
  readonly unit: Unit;
  readonly faults: readonly UnitFault[];
  readonly isSelected: boolean;
  /** The units of base that its applier applied, and what came of them, where its folder is gone. */
  readonly before?: readonly Unit[];
}

interface UnitFault {
  readonly side: SideName;
  readonly finding: Finding;
}

interface ReadSide extends SideUnits {
  readonly place: { readonly host: Host };
}

/** The fates of all units that are not compared. `applied` are the sides without what nobody applies. */
export function fatesOf(all: Both<SideUnits>, applied: Both<ReadSide>): UnitFate[] {
  const broken = [
    ...unseenIn('base', all.base, all.head),
    ...unseenIn('head', all.head, all.base),
    ...brokenOf('base', applied.base, applied.head),
    ...brokenOf('head', applied.head, applied.base),
  ];
  const fates = [...groupBy(broken, ({ unit }) => unit.id).values()].flatMap(faults => {
    const last = faults.at(-1);
    if (last === undefined) return [];
    const isSelected = faults.some(fault => fault.isSelected);
    return [{ fate: fateOf(faults, applied), unit: last.unit, faults, isSelected }];
  });
  return [...fates, ...lostFolders(applied.base, applied.head)];
}

/** The order of the lines is the order of the questions. */
function fateOf(faults: readonly BrokenUnit[], sides: Both<ReadSide>): Fate {
  const [before, after] = (['base', 'head'] as const).map(name =>
    faults.filter(({ side }) => side === name),
  );
  if (before === undefined || after === undefined) return 'not compared';
  const fails = (faults: readonly BrokenUnit[]): boolean => faults.every(fault => fault.fails);
  if (before.length > 0 && after.length > 0 && fails(before) && fails(after)) return 'still broken';
  if (isAlike(before, after, sides)) return 'left alone';
  if (before.length === 0 && fails(after)) return 'build broken';
  const isOnHead = sides.head.units.some(({ id }) => id === before[0]?.unit.id);
  if (after.length === 0 && isOnHead && fails(before)) return 'mended';
  return 'not compared';
}

/** Whether both sides cannot be read for the same reasons, and are made of the same files, which are all known. */
function isAlike(
  before: readonly BrokenUnit[],
  after: readonly BrokenUnit[],
  sides: Both<ReadSide>,
): boolean {
  const [was, is] = [before[0]?.unit, after[0]?.unit];
  if (was === undefined || is === undefined) return false;
  const messages = (faults: readonly UnitFault[]): string[] =>
    faults.map(({ finding }) => finding.message).sort();
  const isKnown = [was, is].every(({ sources }) => sources.every(({ places }) => places));
  return (
    isKnown &&
    isSame(messages(before), messages(after)) &&
    isSame(contentsOf(was, sides.base), contentsOf(is, sides.head))
  );
}

function contentsOf(unit: Unit, { root, place: { host } }: ReadSide): [string, string][] {
  const places = new Set(unit.sources.flatMap(source => source.places ?? []));
  return [...places]
    .filter(place => host.kindOf(place) === 'file')
    .sort()
    .map(place => [relative(root, place), Buffer.from(host.readFile(place)).toString('latin1')]);
}

interface BrokenUnit extends UnitFault {
  readonly unit: Unit;
  readonly isSelected: boolean;
  /** Its applier fails on it too. */
  readonly fails: boolean;
}

/** What cannot be read of the units of a side, and what this side alone leaves out. */
function brokenOf(side: SideName, { units, isWanted }: SideUnits, otherSide: SideUnits) {
  const otherUnits = new Map(otherSide.units.map(unit => [unit.id, unit]));
  return units.flatMap((unit): BrokenUnit[] => {
    const otherUnit = otherUnits.get(unit.id);
    const isOtherBuilt = otherUnit?.sources.some(({ isBuilt }) => isBuilt) === true;
    const errors = unit.sources.flatMap(({ findings, scaffold = [], fails = false, isBuilt }) =>
      [
        ...findings.map(finding => ({ finding, fails: fails && unit.isUnlisted !== true })),
        ...scaffold.map(finding => ({ finding, fails: false })),
      ].filter(
        // What may need what was not read is no fault, but then its files are no match for what the other side builds.
        ({ finding }) =>
          isError(finding) || (isOtherBuilt && !isBuilt && finding.rule === 'unreadable'),
      ),
    );
    const { alone } = leftOutChange(unit, otherUnit ?? unit);
    const isSelected = unit.sources.some(isWanted);
    return [
      ...errors,
      ...alone.filter(f => !isOfChart(f)).map(finding => ({ finding, fails: false })),
    ].map(fault => ({
      ...fault,
      side,
      unit,
      isSelected,
    }));
  });
}

/** Where a side could not look, and something applies what is there. What both sides say alike has not changed. */
function unseenIn(name: SideName, side: SideUnits, otherSide: SideUnits): BrokenUnit[] {
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
      return { side: name, unit, finding, isSelected, fails: false };
    });
}

/** Whether a chart is left out: what it makes is on neither side, and no other object stands in for it. */
function isOfChart({ message }: Finding): boolean {
  return message.startsWith('not read: a Helm chart: ');
}

/**
 * The appliers of head whose folder was read on base and is missing: nothing is deleted
 * (docs/facts/flux.md#missing-folders; Argo CD alike). Of those that moved to another repository nothing is known.
 */
function lostFolders(base: SideUnits, head: SideUnits): UnitFate[] {
  const present = new Set(head.units.filter(unit => !isAbsent(unit)).map(({ id }) => id));
  return head.units.filter(isAbsent).flatMap(unit => {
    const applied = base.units.filter(
      was =>
        was.sync !== undefined && was.sync === unit.sync && !present.has(was.id) && !isAbsent(was),
    );
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
  return {
    rule: 'lost-folder',
    severity: 'error',
    message: isHere
      ? `there is no folder "${folder}", which ${name} is to apply`
      : `what ${name} applies now is not in this repository: nobody can tell what becomes of what it applied`,
    hint: isHere
      ? 'Look at the path; or remove what applies it too, if that is meant.'
      : 'Look at what lies there.',
    field: '',
  };
}

function sourcesOf(applier: PlacedObject | undefined): unknown[] {
  const applied = applier?.known?.applies?.folders?.(applier) ?? [];
  return applied.map(({ url, source }) => url ?? source);
}

/** The ids of all units that are not compared: those with a fate, and what comes of them and only one side shows. */
export function notCompared(fates: readonly UnitFate[], sides: Both<SideUnits>): Set<string> {
  const ids = new Set(fates.flatMap(({ unit, before = [] }) => [unit, ...before].map(u => u.id)));
  const isOfBroken = comesOfAny(ids);
  const [before, after] = [sides.base, sides.head].map(
    ({ units }) => new Set(units.map(({ id }) => id)),
  );
  const unsure = [...sides.base.units, ...sides.head.units]
    .filter(isOfBroken)
    .filter(({ id }) => before?.has(id) !== after?.has(id));
  return new Set([...ids, ...unsure.map(({ id }) => id)]);
}

/** The units that take another state of what is on a server. */
export function movedFindings(
  { base, head }: Both<SideUnits>,
  nameOf: (unit: Unit) => string,
): Finding[] {
  const before = new Map(base.units.map(unit => [unit.id, unit]));
  return head.units
    .filter(({ sources }) => sources.some(head.isWanted))
    .flatMap(unit =>
      leftOutChange(unit, before.get(unit.id) ?? unit).moved.map(addresses =>
        movedFinding(nameOf(unit), addresses),
      ),
    );
}

/** Says in one line each which units the change leaves as they are, and which it mends. */
export function fateFindings(
  fates: readonly UnitFate[],
  nameOf: (unit: Unit) => string,
): Finding[] {
  return NOTICES.flatMap(({ fate, rule, what, hint }) => {
    const units = fates.filter(entry => entry.fate === fate).map(({ unit }) => unit);
    const found = [...new Set(units.map(nameOf))].sort();
    if (found.length === 0) return [];
    const count = found.length === 1 ? '1 environment' : `${found.length} environments`;
    const named = found.slice(0, MOST_NAMED).join(', ') + (found.length > MOST_NAMED ? ', …' : '');
    const message = `${count} ${what}: ${named}`;
    return [{ rule, severity: 'warning', message, hint, field: '' } as const];
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

function leftOutOf({ sources }: { readonly sources: readonly ManifestSource[] }): Finding[] {
  return sources.flatMap(({ unread = [] }) => [...unread]);
}

interface LeftOutSet {
  readonly sources: readonly ManifestSource[];
}

/** What a side leaves out of what it builds and the other does not, but another state of what that one leaves out. */
interface LeftOutChange {
  readonly alone: readonly Finding[];
  /** The addresses of what is of one repository on a server, on this side and on the other. */
  readonly moved: readonly (readonly [string, string])[];
}

function leftOutChange(side: LeftOutSet, otherSide: LeftOutSet): LeftOutChange {
  const onlyIn = (all: readonly Finding[], others: readonly Finding[]): Finding[] => {
    const messages = new Set(others.map(({ message }) => message));
    return all.filter(({ message }) => !messages.has(message));
  };
  const [here, there] = [leftOutOf(side), leftOutOf(otherSide)];
  const candidates = onlyIn(there, here);
  const alone: Finding[] = [];
  const moved: [string, string][] = [];
  for (const finding of onlyIn(here, there)) {
    const repository = repositoryOf(finding);
    const index = candidates.findIndex(other => repositoryOf(other) === repository);
    const [other] = repository === undefined || index < 0 ? [] : candidates.splice(index, 1);
    if (other === undefined) alone.push(finding);
    else moved.push([addressOf(finding), addressOf(other)]);
  }
  return { alone, moved };
}

const REMOTE = 'not read: remote: ';

function addressOf({ message }: Finding): string {
  return message.slice(REMOTE.length);
}

/** The repository that a remote entry is of: what stands before `//`, or the host and two names after it. */
function repositoryOf(finding: Finding): string | undefined {
  if (!finding.message.startsWith(REMOTE)) return undefined;
  const address = addressOf(finding).replace(/^[a-z+]{1,9}:\/\/|^git@|^git::/, '');
  const [whole = '', ...below] = address.split('//');
  const found = below.length > 0 ? whole : /^[^/:?]+[/:][^/?]+\/[^/?]+/.exec(address)?.[0];
  return found?.replace(/\.git$/, '');
}

/** That what a unit takes from a server is in another state: what that changes is not seen. */
function movedFinding(name: string, [address, before]: readonly [string, string]): Finding {
  return {
    rule: MOVED,
    severity: 'warning',
    message: `${name === '' ? 'it' : `"${name}"`} takes another state of what is on a server: ${before} → ${address}`,
    hint: 'What differs between the two is not seen here: look at it there.',
    field: '',
  };
}

/** What keeps an environment from being compared. */
export function asBroken(side: SideName, environment: string): (finding: Finding) => BrokenSide {
  return finding => ({ side, environment, finding: { ...finding, severity: 'error' } });
}
