import { join, relative } from 'node:path';
import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy, isSame } from '../core/json.ts';
import { displayKind, type PlacedObject } from '../kinds/kind.ts';
import { counted } from '../report/text.ts';
import { isBelow } from '../world/inside.ts';
import { comesOfAny, hasNoFolder, isDeployed, isUnread, type Unit } from '../world/world.ts';
import type { SideUnits } from './applied.ts';
import type { Both, SideName } from './comparison.ts';
import { type BrokenSide, LEFT_ALONE, MENDED, MOVED, notice } from './review.ts';

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
  readonly faults: readonly { readonly side: SideName; readonly finding: Finding }[];
  readonly isSelected: boolean;
  /** The units of base that its applier applied, and what came of them, where its folder is gone. */
  readonly before?: readonly Unit[];
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
  const fates = [...groupBy(broken, ({ unit }) => unit.id).values()].map(faults => {
    const { unit } = faults.at(-1) ?? faults[0];
    const isSelected = faults.some(fault => fault.isSelected);
    return { fate: fateOf(faults, applied), unit, faults, isSelected };
  });
  return [...fates, ...lostFolders(applied.base, applied.head)];
}

/** The order of the lines is the order of the questions. */
function fateOf(faults: readonly BrokenUnit[], sides: Both<ReadSide>): Fate {
  const before = faults.filter(({ side }) => side === 'base');
  const after = faults.filter(({ side }) => side === 'head');
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
  const messages = (faults: readonly BrokenUnit[]): string[] =>
    faults.map(({ finding }) => finding.message).sort();
  return (
    [was, is].every(({ sources }) => sources.every(({ places }) => places)) &&
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

interface BrokenUnit {
  readonly side: SideName;
  readonly finding: Finding;
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
    // What a chart makes is on neither side, and no other object stands in for it.
    const alone = leftOutChange(unit, otherUnit ?? unit)
      .alone.filter(({ message }) => !message.startsWith('not read: a Helm chart: '))
      .map(finding => ({ finding, fails: false }));
    const isSelected = unit.sources.some(isWanted);
    return [...errors, ...alone].map(fault => ({ ...fault, side, unit, isSelected }));
  });
}

/** Where a side could not look, and something applies what is there. What both sides say alike has not changed. */
function unseenIn(name: SideName, side: SideUnits, otherSide: SideUnits): BrokenUnit[] {
  const placeOf = ({ folder }: Unit): string => join('/', folder);
  const applied = [side, otherSide].flatMap(({ units }) => units.filter(isDeployed)).map(placeOf);
  const isApplied = (place: string): boolean =>
    applied.some(folder => isBelow(folder, place) || isBelow(place, folder));
  const unseen = ({ units }: SideUnits) =>
    units
      .filter(unit => isUnread(unit) && isApplied(placeOf(unit)))
      .flatMap(unit =>
        unit.sources.flatMap(({ findings }) => findings.map(finding => ({ unit, finding }))),
      );
  const keyOf = ({ unit, finding }: Pick<BrokenUnit, 'unit' | 'finding'>): string =>
    `${unit.id} ${finding.message}`;
  const known = new Set(unseen(otherSide).map(keyOf));
  return unseen(side)
    .filter(found => !known.has(keyOf(found)))
    .map(found => {
      const isSelected = found.unit.sources.some(side.isWanted);
      return { side: name, ...found, isSelected, fails: false };
    });
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
  const found = isHere
    ? notice(
        'lost-folder',
        `there is no folder "${folder}", which ${name} is to apply`,
        'Look at the path; or remove what applies it too, if that is meant.',
      )
    : notice(
        'lost-folder',
        `what ${name} applies now is not in this repository: nobody can tell what becomes of what it applied`,
        'Look at what lies there.',
      );
  return { ...found, severity: 'error' };
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
    .flatMap(unit => {
      const name = nameOf(unit);
      return leftOutChange(unit, before.get(unit.id) ?? unit).moved.map(([address, was]) =>
        notice(
          MOVED,
          `${name === '' ? 'it' : `"${name}"`} takes another state of what is on a server: ${was} → ${address}`,
          'What differs between the two is not seen here: look at it there.',
        ),
      );
    });
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

type LeftOutSet = Pick<Unit, 'sources'>;

/** What a side leaves out of what it builds and the other does not, but another state of what that one leaves out. */
function leftOutChange(side: LeftOutSet, otherSide: LeftOutSet) {
  const [here = [], there = []] = [side, otherSide].map(({ sources }) =>
    sources.flatMap(({ unread = [] }) => unread),
  );
  const onlyIn = (all: readonly Finding[], others: readonly Finding[]): Finding[] =>
    all.filter(({ message }) => !others.some(other => other.message === message));
  const candidates = onlyIn(there, here);
  const alone: Finding[] = [];
  // The addresses of what is of one repository on a server, on this side and on the other.
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

/** What keeps an environment from being compared. */
export function asBroken(side: SideName, environment: string): (finding: Finding) => BrokenSide {
  return finding => ({ side, environment, finding: { ...finding, severity: 'error' } });
}
