import { relative } from 'node:path';
import type { Finding } from '../core/finding.ts';
import { groupBy, isSame } from '../core/json.ts';
import { deployerNamed } from '../kinds/argocd/made-applications.ts';
import { ownKustomization } from '../kinds/flux/artifact-generator.ts';
import { displayKind, type PlacedObject } from '../kinds/kind.ts';
import { isBelow } from '../world/inside.ts';
import { type ObjectSet, objectsOf } from '../world/object-set.ts';
import { type FieldPlace, placesOfSources } from '../world/places.ts';
import { type PathUnits, unitsOfPaths, wholeSet } from '../world/sets.ts';
import type { ManifestSource, ObjectSource } from '../world/source.ts';
import { UNLISTED } from '../world/survey.ts';
import {
  comesOfAny,
  hasNoFolder,
  isDeployed,
  isUnread,
  type Numbers,
  type Unit,
} from '../world/unit.ts';
import { pairedWorlds, type World } from '../world/world.ts';
import { type ParseStream, sharedDocuments } from '../yaml/parse.ts';
import type { SideOptions } from './environment-parts.ts';
import type { UnitName } from './field-changes.ts';
import { type RootedUnits, withoutCopies, withoutOrphans } from './left-over.ts';
import type { BrokenSide } from './review.ts';
import {
  type ComparableSides,
  type Pair,
  type Root,
  rootsOf,
  type Side,
  type SidePlace,
} from './side.ts';

/** Whether changes of a source are asked for. */
export type IsAsked = (source: ObjectSource) => boolean;

/**
 * Reads sides without a spec: all that their repositories have applied, cluster by cluster. A unit
 * that could not be read on one side is compared on neither, nor is what comes of it and only the other shows. `asked`: what of
 * it is compared; absent: what lies at the paths of the sides.
 */
export function worldSides(
  base: SidePlace,
  head: SidePlace,
  reading: SideOptions,
  asked?: Asked,
): ComparableSides {
  const { before, after, copies } = readWorlds(base, head, reading, asked);
  const names = unitNames([before, after]);
  const allBroken = [...brokenOf('base', before, after), ...brokenOf('head', after, before)];
  const broken = allBroken.filter(({ isAsked }) => isAsked);
  const lost = lostFolders(before.units, after.units);
  const unread = new Set([
    ...broken.map(({ unit }) => unit.id),
    ...unseenOf(allBroken, before.units, after.units),
    ...lost.flatMap(({ unit, before: units }) => [unit, ...units].map(({ id }) => id)),
  ]);
  const pairs = pairedWorlds(before.units, after.units).map(
    (worlds): Pair => ({
      name: '',
      base: objectsIn(worlds.base, unread),
      head: objectsIn(worlds.head, unread),
      presence: presenceOf(worlds.base.units, worlds.head.units, names),
      units: new Map([
        ...namesBySource(worlds.base.units, before, names),
        ...namesBySource(worlds.head.units, after, names),
      ]),
    }),
  );
  return {
    base: withNotices(sideOf(before, names), copies),
    head: sideOf(after, names),
    pairs,
    broken: [...broken, ...lost.filter(isAskedFor(before))].map(({ side, unit, finding }) =>
      asBroken(side, names.get(unit) ?? '')(finding),
    ),
  };
}

type Asked = Readonly<Record<'base' | 'head', IsAsked>>;

/** Both sides without what is left over; `copies`: what of base was. */
function readWorlds(
  base: SidePlace,
  head: SidePlace,
  reading: SideOptions,
  asked: Asked | undefined,
): { before: WorldSide; after: WorldSide; copies: readonly Finding[] } {
  let next = 0;
  const shared: Shared = { parse: sharedDocuments(), number: () => next++ };
  const roots = rootsOf(base, head);
  const [own, other] = withoutSources([
    onlyAsked(readWorld(base, roots?.base, reading, shared), asked?.base),
    onlyAsked(readWorld(head, roots?.head, reading, shared), asked?.head),
  ]);
  const seen = withoutUnseen(own, other);
  const after = withoutOrphans(withoutUnseen(other, own), seen);
  const { base: before, findings: copies } = withoutCopies(seen, after);
  return { before, after, copies };
}

function onlyAsked(side: WorldSide, isAsked: IsAsked | undefined): WorldSide {
  if (isAsked === undefined) return side;
  return { ...side, isWanted: source => side.isWanted(source) && isAsked(source) };
}

function withNotices(side: Side, findings: readonly Finding[]): Side {
  return { ...side, notices: [...side.notices, ...findings] };
}

/** Whether something of what a deployment object had applied is asked for. */
function isAskedFor({ isWanted }: WorldSide): (lost: LostFolder) => boolean {
  return ({ before }) => before.some(({ sources }) => sources.some(isWanted));
}

/** What a cluster has together. Of units that are not compared it is known that they are there. */
function objectsIn({ units, others, ...world }: World, unread: ReadonlySet<string>): ObjectSet {
  const isCompared = ({ id }: Unit): boolean => !unread.has(id);
  const beside = [...units.filter(unit => !isCompared(unit)), ...others];
  return objectsOf(wholeSet({ ...world, units: units.filter(isCompared), others: beside }));
}

function presenceOf(
  base: readonly Unit[],
  head: readonly Unit[],
  names: ReadonlyMap<Unit, string>,
): Pair['presence'] {
  const [before, after] = [base, head].map(
    units => new Set(units.map(unit => names.get(unit) ?? '')),
  );
  const all = [...new Set([...(before ?? []), ...(after ?? [])])].sort();
  return new Map(
    all.map(name => [
      name,
      before?.has(name) ? (after?.has(name) ? 'both' : 'only base') : 'only head',
    ]),
  );
}

function namesBySource(
  units: readonly Unit[],
  { isWanted }: WorldSide,
  names: ReadonlyMap<Unit, string>,
): (readonly [number, UnitName])[] {
  return units.flatMap(unit => {
    const deployer = unit.by && (ownKustomization(unit.by) ?? deployerNamed(unit.by, unit.as));
    return unit.sources.map(source => {
      const name = { environment: names.get(unit) ?? '', isOwn: isWanted(source) };
      return [source.number, { ...name, ...(deployer && { deployer }) }] as const;
    });
  });
}

/** A unit of which something cannot be read. */
interface BrokenUnit {
  readonly side: 'base' | 'head';
  readonly unit: Unit;
  readonly finding: Finding;
  /** Whether something of it is asked for. */
  readonly isAsked: boolean;
}

/** What cannot be read of the units of a side, or what only it leaves out. */
function brokenOf(side: 'base' | 'head', own: WorldSide, other: WorldSide): BrokenUnit[] {
  const twins = new Map(other.units.map(unit => [unit.id, unit]));
  return own.units.flatMap(unit => {
    const twin = twins.get(unit.id);
    const errors = unit.sources.flatMap(({ findings }) => findings.filter(isError));
    const unread = unreadIn(unit).filter(finding => !isOfChart(finding));
    const alone = twin === undefined ? [] : onlyIn(unread, unreadIn(twin));
    const isAsked = unit.sources.some(own.isWanted);
    return [...errors, ...alone].map(finding => ({ side, unit, finding, isAsked }));
  });
}

/** What comes of units that cannot be read, and only one side shows: nobody knows whether the other has it. */
function unseenOf(
  broken: readonly BrokenUnit[],
  base: readonly Unit[],
  head: readonly Unit[],
): string[] {
  const isOfBroken = comesOfAny(new Set(broken.map(({ unit }) => unit.id)));
  const [before, after] = [idsOf(base), idsOf(head)];
  const ids = [...base, ...head].filter(isOfBroken).map(({ id }) => id);
  return ids.filter(id => before.has(id) !== after.has(id));
}

function idsOf(units: readonly Unit[]): ReadonlySet<string> {
  return new Set(units.map(({ id }) => id));
}

/** A side without what lies where the other one could not look: nothing in it is new, or gone. */
function withoutUnseen<T extends RootedUnits>(own: T, other: RootedUnits): T {
  const unseen = other.units.filter(isUnread).map(({ folder }) => `/${folder}`);
  if (unseen.length === 0) return own;
  const isSeen = (path: string): boolean => !unseen.some(folder => isBelow(folder, `/${path}`));
  const isHere = ({ isBuilt, places = [] }: ObjectSource): boolean =>
    isBuilt || places.every(place => isSeen(relative(own.root, place)));
  const units = own.units
    .filter(unit => isUnread(unit) || isSeen(unit.folder))
    .map(unit => (isUnread(unit) ? unit : { ...unit, sources: unit.sources.filter(isHere) }));
  return { ...own, units };
}

/** What is left out of what kustomize built of an environment or a unit. */
export function unreadIn({ sources }: { readonly sources: readonly ManifestSource[] }): Finding[] {
  return sources.flatMap(({ unread = [] }) => [...unread]);
}

/** What one side leaves out of what it builds, and the other does not. */
export function onlyIn(own: readonly Finding[], other: readonly Finding[]): Finding[] {
  const said = new Set(other.map(({ message }) => message));
  return own.filter(({ message }) => !said.has(message));
}

/** Whether a chart is left out: what it makes is on neither side, and nothing else is another for it. */
function isOfChart({ message }: Finding): boolean {
  return message.startsWith('not read: a Helm chart: ');
}

/** What keeps an environment from being compared. */
export function asBroken(
  side: BrokenSide['side'],
  environment: string,
): (finding: Finding) => BrokenSide {
  return finding => ({ side, environment, finding: { ...finding, severity: 'error' } });
}

/** What a deployment object applied on base and head does not show, though the object is still there. */
interface LostFolder {
  readonly side: 'head';
  readonly unit: Unit;
  readonly finding: Finding;
  /** The units of base that it applied, and those that came of them. */
  readonly before: readonly Unit[];
}

/**
 * The folders of head that are not here, of what was read on base: what becomes of it nobody can tell, and as
 * long as the folder is missing nothing of it is deleted (docs/facts/flux.md#missing-folders). The same goes for Argo CD.
 */
function lostFolders(base: readonly Unit[], head: readonly Unit[]): LostFolder[] {
  const absent = head.filter(isAbsent);
  const shown = new Set(head.filter(unit => !isAbsent(unit)).map(({ id }) => id));
  return absent.flatMap(unit => {
    const roots = base.filter(
      one =>
        one.sync !== undefined && one.sync === unit.sync && !shown.has(one.id) && !isAbsent(one),
    );
    const before = base.filter(comesOfAny(new Set(roots.map(({ id }) => id))));
    const [first] = roots;
    return first === undefined
      ? []
      : [{ side: 'head', unit, before, finding: findingOf(unit, first) }];
  });
}

function isAbsent(unit: Unit): boolean {
  return isDeployed(unit) && hasNoFolder(unit);
}

function findingOf({ by, as, folder }: Unit, before: Unit): Finding {
  const name = by === undefined ? folder : `the ${displayKind(by)} "${as ?? by.name}"`;
  const isOld = isSame(sourcesOf(by), sourcesOf(before.by));
  return {
    rule: 'lost-folder',
    severity: 'error',
    message: isOld
      ? `there is no folder "${folder}", which ${name} is to apply: it cannot, and nothing of what it applied is deleted`
      : `what ${name} applies now is not in this repository: nobody can tell what becomes of what it applied`,
    hint: isOld
      ? 'Look at the path; or remove what applies it too, if that is meant.'
      : 'Look at what lies there.',
    field: '',
  };
}

/** Where it comes from that a deployment object applies. */
function sourcesOf(object: PlacedObject | undefined): unknown[] {
  const applied = object?.known?.applies?.folders?.(object) ?? [];
  return applied.map(({ url, source }) => url ?? source);
}

/** The units of a side, and the folder of its repository that was asked for. */
interface NamedUnits {
  readonly units: readonly Unit[];
  /** From the root of the repository. */
  readonly scope: string;
}

/**
 * What a reader knows units by: their folder from where he stands, and where on one side several apply
 * one, what applies it, or from where. `overlays/prod` is prod to everybody.
 */
function unitNames(sides: readonly NamedUnits[]): Map<Unit, string> {
  const names = new Map<Unit, string>();
  for (const [name, group] of groupBy(sides.flatMap(namedUnits), entry => entry.name)) {
    const told = TELLS.find(tell =>
      [...groupBy(group, ({ side }) => side).values()].some(own => new Set(own.map(tell)).size > 1),
    );
    for (const entry of group) {
      const more = told?.(entry) ?? '';
      names.set(entry.unit, more === '' ? name : `${name} (${more})`);
    }
  }
  return names;
}

/** What tells units of one folder apart, the best first. */
const TELLS: readonly ((unit: NamedUnit) => string)[] = [({ by }) => by, ({ from }) => from];

interface NamedUnit {
  readonly unit: Unit;
  readonly side: NamedUnits;
  readonly name: string;
  /** The deployment object of it. */
  readonly by: string;
  /** The unit that the deployment object itself is in. */
  readonly from: string;
}

function namedUnits(side: NamedUnits): NamedUnit[] {
  const { units, scope } = side;
  const folders = new Map(
    units.flatMap(({ sources, folder }) => sources.map(({ number }) => [number, folder] as const)),
  );
  return units.map(unit => {
    const above = unit.by && folders.get(unit.by.file);
    const from = above === undefined ? '' : `from ${nameOf(above, scope)}`;
    return { unit, side, name: nameOf(unit.folder, scope), by: appliedBy(unit), from };
  });
}

function nameOf(folder: string, scope: string): string {
  const below = relative(scope, folder);
  return (below.startsWith('..') ? folder : below).replace(/^overlays\//, '');
}

/** The deployment object of a unit. */
function appliedBy({ by }: Unit): string {
  if (by === undefined) return '';
  return `${by.kind} ${by.namespace === '' ? '' : `${by.namespace}/`}${by.name}`;
}

/** A side as it was read: what is in its repository, and what of it was asked for. */
interface WorldSide extends PathUnits {
  readonly place: SidePlace;
  /** The folder that was read as a whole. */
  readonly root: string;
  readonly scope: string;
}

/** What both sides have in common: a text is read once, and no two sources have one number. */
interface Shared {
  readonly parse: ParseStream;
  readonly number: Numbers;
}

/** A commit that has no such folder yet has no manifests there, but what is beside it. */
function readWorld(
  place: SidePlace,
  root: Root | undefined,
  { allowed, namespace }: SideOptions,
  shared: Shared,
): WorldSide {
  const { path, host } = place;
  const isThere = host.kindOf(path) !== undefined;
  if (!isThere && root === undefined)
    return { place, root: '', scope: '', units: [], isWanted: () => false };
  const context = root === undefined ? { isAlone: true } : { root: root.root };
  const paths = isThere ? [path] : [];
  const read = unitsOfPaths({ paths, allowed, namespace, ...context, ...shared }, host);
  const own = root ?? { root: host.realPath(path) ?? path, scope: '' };
  return { ...read, ...own, place, units: read.units.filter(isApplied) };
}

/**
 * Manifests of which no deployment object has its folder here, on either side, are no repository, but what was
 * rendered of one: what the objects apply is among them.
 */
function withoutSources<T extends Pick<WorldSide, 'units'>>(sides: readonly [T, T]): [T, T] {
  const [base, head] = sides;
  if (!sides.every(({ units }) => units.filter(isDeployed).every(hasNoFolder))) return [base, head];
  const bare = (side: T): T => ({ ...side, units: side.units.filter(unit => !isDeployed(unit)) });
  return [bare(base), bare(head)];
}

/** A manifest that no kustomization lists is no part of what is applied, and a spec is none either. */
function isApplied({ sources }: Unit): boolean {
  return !sources.some(
    ({ findings, objects: [first] }) =>
      first?.group === 'rem-secrets.io' || findings.some(({ rule }) => rule === UNLISTED),
  );
}

/** A side as reports ask for it; `names`: what its units are called. */
function sideOf(side: WorldSide, names: ReadonlyMap<Unit, string>): Side {
  const { place, units, isWanted } = side;
  const own = units.flatMap(({ sources }) => sources.filter(isWanted));
  const all = units.flatMap(unit => [...unit.sources, ...unit.raw]);
  const files = new Map(
    [...units]
      .reverse()
      .map(unit => [names.get(unit) ?? '', unit.sources.find(({ file }) => file !== '')?.file]),
  );
  return {
    isEmpty: !own.some(({ objects, findings }) => objects.length > 0 || findings.some(isError)),
    hasOthers: () => hasFiles(place),
    strangers: strangersIn(own, side),
    placesBeside: () => placesOf(all, place),
    files: new Set(own.map(({ file }) => file).filter(file => file !== '')),
    fileOf: name => files.get(name),
    unread: units.flatMap(unit =>
      unit.sources
        .filter(isWanted)
        .flatMap(({ unread = [] }) => unread)
        .map(finding => ({ environment: names.get(unit) ?? '', finding })),
    ),
    notices: own.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== 'error')),
  };
}

export function isError({ severity }: Finding): boolean {
  return severity === 'error';
}

/** What is no object may be a manifest with a fault, or what another program reads. */
function strangersIn(sources: readonly ObjectSource[], { root }: WorldSide): Map<string, string> {
  return new Map(
    sources.flatMap(({ strangers, contents, text = contents?.(), places: [place] = [] }) => {
      const isNone = (strangers === 0 && contents === undefined) || text === undefined;
      if (isNone || place === undefined) return [];
      const name = relative(root, place);
      return [[contents === undefined ? name : `${name}/`, text] as const];
    }),
  );
}

/** Whether something is in a folder, if no manifest; what only keeps it in Git is nothing. */
function hasFiles({ path, host }: SidePlace): boolean {
  if (host.kindOf(path) !== 'folder') return false;
  return host.listFiles(path).some(file => !/(^|\/)\.(git|keep)[^/]*$/.test(file));
}

/** Where fields stand, worked out once somebody asks. */
function placesOf(sources: readonly ObjectSource[], { host }: SidePlace): FieldPlace {
  let places: FieldPlace | undefined;
  return (object, path) => {
    places ??= placesOfSources(sources, host);
    return places(object, path);
  };
}
