import type { Finding } from '../../ground/finding.ts';

import { type ParseStream, sharedDocuments } from '../../ground/yaml/shared-documents.ts';
import { placesFor } from '../../read/places/places-for.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import { objectsOf } from '../../read/sets/manifest-set.ts';
import { nothingOutside, type ObjectSet } from '../../read/sets/object-set.ts';
import type { ObjectSource } from '../../read/sets/parse-source.ts';
import { NAMED, type PathUnits, unitsOfPaths } from '../../read/sets/path-sets.ts';
import { UNLISTED } from '../../read/unlisted.ts';
import { pairedWorlds } from '../../read/world/paired-worlds.ts';
import { isUnread, type Numbers, type Unit } from '../../read/world/unit.ts';
import type { World } from '../../read/world/worlds.ts';
import type { UnitName } from '../../review/changes/comparison.ts';
import type { SideOptions } from './environment-parts.ts';
import { asBroken, onlyIn } from './left-out.ts';
import { withoutOrphans, withoutUnseen } from './orphans.ts';
import type { ComparableSides, Pair, Side, SidePlace } from './side.ts';
import { type Root, rootsOf } from './side-roots.ts';
import { unitNames } from './unit-names.ts';

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

/**
 * Reads sides without a spec: all that their repositories have applied, cluster by cluster. A unit
 * that could not be read on one side is compared on neither, and costs nothing else.
 */
export function worldSides(
  base: SidePlace,
  head: SidePlace,
  reading: SideOptions,
): ComparableSides {
  let next = 0;
  const shared: Shared = { parse: sharedDocuments(), number: () => next++ };
  const roots = rootsOf(base, head);
  const read = {
    base: readWorld(base, roots?.base, reading, shared),
    head: readWorld(head, roots?.head, reading, shared),
  };
  const before = withoutUnseen(read.base, read.head);
  const after = withoutOrphans(withoutUnseen(read.head, read.base), before);
  const names = unitNames([before, after]);
  const broken = [...brokenOf('base', before, after), ...brokenOf('head', after, before)];
  const unread = new Set(broken.map(({ unit }) => unit.id));
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
    base: sideOf(before, names),
    head: sideOf(after, names),
    pairs,
    broken: broken.map(({ side, unit, finding }) => asBroken(side, names.get(unit) ?? '')(finding)),
  };
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
  const units = withoutSources(read.units.filter(isNoStray)).map(asSkipped);
  return { ...read, ...own, place, units: units.filter(isNoEcho) };
}

/**
 * Manifests of which no deployment object has its folder here are no repository, but what was rendered
 * of one: what the objects apply is among them.
 */
function withoutSources(units: readonly Unit[]): readonly Unit[] {
  const applied = units.filter(({ by }) => by !== undefined);
  const isRendered = applied.every(({ sources }) =>
    sources.every(({ unknowns = [] }) => unknowns.some(({ isFolder }) => isFolder === true)),
  );
  return isRendered ? units.filter(({ by }) => by === undefined) : units;
}

/** A submodule is no part of the repository: it is said, though nothing else is there. */
function asSkipped(unit: Unit): Unit {
  const isSubmodule = ({ message }: Finding): boolean => message.includes('is a submodule');
  const all = unit.sources.flatMap(source => source.findings);
  if (!isUnread(unit) || !all.every(isSubmodule)) return unit;
  const findings = (of: readonly Finding[]): Finding[] =>
    of.map(finding => ({ ...finding, severity: 'warning' }));
  const sources = unit.sources.map(source => ({ ...source, findings: findings(source.findings) }));
  return { ...unit, sources };
}

/** A folder in which nothing is read was looked through already. */
function isNoEcho({ id, sources }: Unit, _: number, all: readonly Unit[]): boolean {
  const isRead = sources.some(({ text, isBuilt }) => isBuilt || text !== undefined);
  return id !== NAMED || isRead || !all.some(isUnread);
}

/** A manifest that no kustomization lists is no part of what is applied. */
function isNoStray({ sources }: Unit): boolean {
  return !sources.some(({ findings }) => findings.some(({ rule }) => rule === UNLISTED));
}

interface BrokenUnit {
  readonly side: 'base' | 'head';
  readonly unit: Unit;
  readonly finding: Finding;
}

/** What cannot be read of the units of a side, or what only it leaves out. */
function brokenOf(side: 'base' | 'head', own: WorldSide, other: WorldSide): BrokenUnit[] {
  const twins = new Map(other.units.map(unit => [unit.id, unit]));
  return own.units
    .filter(({ sources }) => sources.some(own.isWanted))
    .flatMap(unit => {
      const twin = twins.get(unit.id);
      const errors = unit.sources.flatMap(({ findings }) => findings.filter(isError));
      const alone = twin === undefined ? [] : onlyIn(unreadIn(unit), unreadIn(twin));
      return [...errors, ...alone].map(finding => ({ side, unit, finding }));
    });
}

function isError({ severity }: Finding): boolean {
  return severity === 'error';
}

function unreadIn({ sources }: Unit): Finding[] {
  return sources.flatMap(({ unread = [] }) => [...unread]);
}

/** What a cluster has together. Of units that are not compared it is known that they are there. */
function objectsIn({ units, others }: World, unread: ReadonlySet<string>): ObjectSet {
  const whole = units.filter(({ id }) => !unread.has(id));
  const beside = [...units.filter(({ id }) => unread.has(id)), ...others];
  const context = [
    ...units.flatMap(({ raw }) => raw),
    ...beside.flatMap(unit => [...unit.sources, ...unit.raw]),
  ];
  const sources = whole.flatMap(unit => unit.sources);
  return objectsOf({ sources, context, outside: nothingOutside });
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
  return units.flatMap(unit =>
    unit.sources.map(source => {
      const { by } = unit;
      const name = { environment: names.get(unit) ?? '', isOwn: isWanted(source) };
      return [source.number, { ...name, ...(by !== undefined && { deployer: by }) }] as const;
    }),
  );
}

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
    isEmpty: !own.some(({ items, findings }) => items.length > 0 || findings.some(isError)),
    hasOthers: () => hasFiles(place),
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

/** Whether something is in a folder, if no manifest; what only keeps it in Git is nothing. */
function hasFiles({ path, host }: SidePlace): boolean {
  if (host.kindOf(path) !== 'folder') return false;
  return host.listFiles(path).some(file => !/(^|\/)\.(git|keep)[^/]*$/.test(file));
}

/** Where fields stand, worked out once somebody asks. */
function placesOf(sources: readonly ObjectSource[], { host }: SidePlace): FieldPlace {
  let places: FieldPlace | undefined;
  return (item, path) => {
    places ??= placesFor([{ sources, context: [], outside: nothingOutside }], host);
    return places(item, path);
  };
}
