import { basename, dirname, join } from 'node:path';
import type { Place } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { onceFor } from '../core/once.ts';
import { clusterExternalSecret } from '../kinds/eso/cluster-kinds.ts';
import { externalSecret } from '../kinds/eso/external-secret.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { type ParseStream, parseStream } from '../yaml/parse.ts';
import { kustomizationIn } from './folders.ts';
import { isBelow, refusalOf, rootOf } from './inside.ts';
import { type ManifestSet, nothingOutside, type Standing } from './object-set.ts';
import type { Allowed } from './programs.ts';
import { readManifests } from './read-manifests.ts';
import { readUnits } from './read-units.ts';
import { repositoryOf } from './repository.ts';
import { type ObjectSource, parseSource } from './source.ts';
import type { Numbers, Unit } from './unit.ts';
import { type World, worldsOf } from './world.ts';

/**
 * The sets of the paths that a user names, each what one cluster has together. All that is in their
 * repositories is known to them; shown is what lies at the paths, or is made of what does.
 */
export function setsOfPaths(options: PathOptions, host: Host): ManifestSet[] {
  const reader = new PathReader(options, host);
  const units = reader.units();
  reader.addApplied(units);
  const worlds = worldsOf(units);
  return worlds.flatMap(world => {
    const others = worlds.filter(
      other => other !== world && other.isApart && world.isApart && reader.areBeside(other, world),
    );
    const apart = onceFor(() => others.map(other => wholeSet(other)));
    return setOf(world, reader).map(set => (others.length > 0 ? { ...set, apart } : set));
  });
}

function setOf(world: World, reader: PathReader): ManifestSet[] {
  const set = wholeSet(world);
  // A chart that is not made is not read: what is in its folder only shows that it changes.
  const isRead = (one: ObjectSource): boolean => one.contents === undefined && reader.isWanted(one);
  const units = world.units.filter(({ sources }) => sources.some(isRead));
  if (units.length === 0) return [];
  return [
    {
      ...set,
      units: { all: units.length, applied: units.filter(({ by }) => by !== undefined).length },
      isTouched: source => reader.isWanted(source),
      isShown: (source, at) => reader.isShown(source, at),
    },
  ];
}

/** What a cluster has, all of it. */
export function wholeSet(world: World): ManifestSet {
  const { units, others } = world;
  return {
    sources: units.flatMap(unit => unit.sources),
    context: [...units.flatMap(({ raw }) => raw), ...others.flatMap(allOf)],
    outside: nothingOutside,
    standings: standingsIn(world),
  };
}

/** A tree of which something is applied is applied itself, by hand where it begins. */
function standingsIn({ units, others }: World): Map<number, Standing> {
  const applied = new Set(units.filter(({ by }) => by !== undefined).map(({ tree }) => tree));
  const own = units.flatMap(unit => numbersOf(unit, applied.has(unit.tree) ? 'applied' : 'loose'));
  return new Map([...others.flatMap(unit => numbersOf(unit, 'elsewhere')), ...own]);
}

function numbersOf(unit: Unit, standing: Standing): [number, Standing][] {
  return allOf(unit).map(({ number }) => [number, standing]);
}

function allOf({ sources, raw }: Unit): Unit['sources'] {
  return [...sources, ...raw];
}

interface PathOptions {
  readonly paths: readonly string[];
  readonly allowed?: Allowed;
  /** The namespace of objects that name none. */
  readonly namespace: string;
  /** The folder whose manifests are known to those at the paths; absent: their repository. */
  readonly root?: string | undefined;
  /** Only what is at the paths is known. */
  readonly isAlone?: boolean;
  /** Reads texts, and gives sources their numbers: both are shared with what is read beside it. */
  readonly parse?: ParseStream;
  readonly number?: Numbers;
}

/** What is read for paths. */
export interface PathUnits {
  readonly units: readonly Unit[];
  /** Whether a source is at the paths, or made of what is. */
  readonly isWanted: (source: ObjectSource) => boolean;
}

/** The units of the repositories of paths, each with all that is in it. */
export function unitsOfPaths(options: PathOptions, host: Host): PathUnits {
  const reader = new PathReader(options, host);
  return { units: reader.units(), isWanted: source => reader.isWanted(source) };
}

/** Reads the repositories of paths, and tells what of them the paths mean. */
class PathReader {
  private readonly options: PathOptions;
  private readonly host: Host;
  private readonly number: Numbers;
  private trees = 0;
  /** Where the paths lead that are there. */
  private readonly wanted: readonly string[];
  /** The repository that a unit is of. */
  private readonly origins = new Map<Unit, string>();
  /** Sources of what was named itself. */
  private readonly named = new Set<number>();

  constructor(options: PathOptions, host: Host) {
    this.options = options;
    this.host = host;
    let next = 0;
    this.number = options.number ?? (() => next++);
    this.wanted = options.paths.flatMap(path => host.realPath(path) ?? []);
  }

  units(): Unit[] {
    const units = this.roots().flatMap(root => this.unitsOf(root));
    const covered = new Set(
      units.flatMap(({ sources }) => sources.filter(isTold).flatMap(({ places = [] }) => places)),
    );
    const alone = this.options.paths.filter(path => !this.isCovered(path, covered));
    return [...units, ...alone.flatMap(path => this.unitOf(path))];
  }

  /**
   * Where the paths have deployment objects, and nothing that makes Secrets or runs pods, they are
   * named for what these apply, to any depth. Units come after those that apply them.
   */
  addApplied(units: readonly Unit[]): void {
    const own = units.flatMap(({ sources }) => sources).filter(source => this.isWanted(source));
    if (own.flatMap(({ objects }) => objects).some(isOfFlow)) return;
    const numbers = new Set(own.map(({ number }) => number));
    for (const { by, sources } of units)
      if (by !== undefined && numbers.has(by.file))
        for (const { number } of sources) {
          numbers.add(number);
          this.named.add(number);
        }
  }

  /** Whether two worlds are of one repository: of another one nothing is meant for this. */
  areBeside(a: World, b: World): boolean {
    const roots = new Set(b.units.map(unit => this.origins.get(unit)));
    return a.units.some(unit => roots.has(this.origins.get(unit)));
  }

  /** Whether something is shown of a file or a folder. */
  isWanted(source: ObjectSource): boolean {
    if (this.named.has(source.number)) return true;
    return (source.places ?? []).some(place => this.wanted.some(path => isBelow(path, place)));
  }

  /** Whether a place lies at a path. A unit that lies there is shown whole. */
  isShown(source: ObjectSource, at: Place | undefined): boolean {
    if (this.named.has(source.number) || this.isAt(source.file)) return true;
    return at !== undefined && this.isAt(at.file);
  }

  private isAt(file: string): boolean {
    const folder = this.host.realPath(dirname(file));
    const place = folder === undefined ? undefined : join(folder, basename(file));
    return place !== undefined && this.wanted.some(path => isBelow(path, place));
  }

  /** The repositories of the paths; a folder outside of any is read by itself, and a file alone. */
  private roots(): string[] {
    const { root, paths, isAlone = false } = this.options;
    if (root !== undefined) return [this.host.realPath(root) ?? root];
    const found = paths
      .filter(path => path !== '-' && refusalOf(path, this.host) === undefined)
      .flatMap(path => (isAlone ? ownFolder(path, this.host) : contextOf(path, this.host)) ?? []);
    const all = [...new Set(found)];
    return all.filter(one => !all.some(other => other !== one && isBelow(other, one)));
  }

  private unitsOf(root: string): Unit[] {
    const { paths, namespace, allowed = {}, parse = parseStream } = this.options;
    const repository = repositoryOf(root, paths, { namespace, allowed, parse }, this.host);
    const units = readUnits(repository, this.number, () => this.trees++);
    for (const unit of units) this.origins.set(unit, root);
    return units;
  }

  private isCovered(path: string, covered: ReadonlySet<string>): boolean {
    if (path === '-' || refusalOf(path, this.host) !== undefined) return false;
    const place = this.host.realPath(path) ?? path;
    if (!this.host.isFolder(place)) return covered.has(place);
    const file = kustomizationIn(place, this.host);
    if (file !== undefined) return covered.has(file);
    return [...covered].some(one => isBelow(place, one));
  }

  /** What is named, and nothing that is read has. */
  private unitOf(path: string): Unit[] {
    const { namespace, allowed, parse } = this.options;
    const sources = readManifests(path, this.host, allowed).map(source =>
      parseSource(source, this.number(), namespace, parse),
    );
    for (const { number } of sources) this.named.add(number);
    const unit = { id: NAMED, folder: '', raw: [], tree: this.trees++, cluster: '' };
    return sources.length === 0 ? [] : [{ ...unit, sources }];
  }
}

/** Whether an object makes Secrets, as ExternalSecrets do, or runs pods. */
function isOfFlow({ known }: PlacedObject): boolean {
  const isMaker = known?.makes !== undefined || known === externalSecret;
  return isMaker || known === clusterExternalSecret || known?.pods !== undefined;
}

/** The unit of what nothing else has. */
const NAMED = 'what is named';

/** What is skipped is not what a folder was named for; what is said to be unreadable is not read again. */
function isTold({ text, charted, findings }: ObjectSource): boolean {
  const isRead = text !== undefined || charted !== undefined;
  return isRead || findings.some(({ severity }) => severity === 'error');
}

/** A folder that is named, which is read as a whole. */
function ownFolder(path: string, host: Host): string | undefined {
  return host.isFolder(path) ? host.realPath(path) : undefined;
}

/** The folder whose manifests are known to what is at a path. */
function contextOf(path: string, host: Host): string | undefined {
  const root = rootOf(path, host);
  if (root === undefined || host.exists(join(root, '.git'))) return root;
  const place = host.realPath(path) ?? path;
  if (!host.isFolder(place)) return undefined;
  const here = host.realPath('.') ?? host.cwd;
  // A person's home holds more than what is meant.
  const isTooMuch = here === '/' || here === host.realPath(host.env('HOME') ?? '/');
  return isBelow(here, place) && !isTooMuch ? here : root;
}
