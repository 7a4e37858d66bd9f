import { relative } from 'node:path';
import type { Finding } from '../../ground/finding.ts';
import type { ParseStream } from '../../ground/yaml/shared-documents.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import { placesOfSources } from '../../read/places/places-of-sources.ts';
import type { ObjectSource } from '../../read/sets/parse-source.ts';
import { type PathUnits, unitsOfPaths } from '../../read/sets/path-reader.ts';
import { UNLISTED } from '../../read/unlisted.ts';
import { hasNoFolder, isDeployed, type Numbers, type Unit } from '../../read/world/unit.ts';
import type { SideOptions } from './environment-parts.ts';
import type { Side, SidePlace } from './side.ts';
import type { Root } from './side-roots.ts';

/** A side as it was read: what is in its repository, and what of it was asked for. */
export interface WorldSide extends PathUnits {
  readonly place: SidePlace;
  /** The folder that was read as a whole. */
  readonly root: string;
  readonly scope: string;
}

/** What both sides have in common: a text is read once, and no two sources have one number. */
export interface Shared {
  readonly parse: ParseStream;
  readonly number: Numbers;
}

/** A commit that has no such folder yet has no manifests there, but what is beside it. */
export function readWorld(
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
export function withoutSources<T extends Pick<WorldSide, 'units'>>(sides: readonly [T, T]): [T, T] {
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
export function sideOf(side: WorldSide, names: ReadonlyMap<Unit, string>): Side {
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
