import { dirname, join, relative } from 'node:path';
import { groupBy, listAt } from '../core/json.ts';
import type { AppliedFolder, ChartPlace } from '../kinds/facets.ts';
import { renderedKey } from '../kinds/helm/release.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { appliedOf, KnownObjects, type RawDeployers, rawDeployers } from './appliers.ts';
import { Charts } from './charts.ts';
import { isBelow } from './inside.ts';
import { builtOrListed } from './kustomize/build.ts';
import { idlePatches } from './kustomize/targets.ts';
import { syncId } from './object-set.ts';
import { unreadSource } from './read-manifests.ts';
import { folderOf, type Repository, unlistedFolder, unlistedManifest } from './repository.ts';
import {
  isManifest,
  type ManifestSource,
  type Numbers,
  type ObjectSource,
  parseSource,
  readFound,
} from './source.ts';
import { type FindView, type SourceView, type Standpoint, sourceViews } from './source-views.ts';
import {
  absentFolder,
  appliedSources,
  manifestsOfFolder,
  NamedFiles,
  type Reading,
  type Sources,
  templateSources,
  unappliedSources,
} from './unit-sources.ts';
import { isDeployed, LEFT_OUT, NAMED_FILES, PATCHES, UNREAD, type Unit } from './world.ts';

/** The units of each repository: what appliers apply, and the rest. Each may apply folders of later ones. */
export async function readUnits(
  repositories: readonly Repository[],
  tree: Numbers,
): Promise<Unit[][]> {
  const readers: UnitReader[] = [];
  for (const repository of repositories) readers.push(new UnitReader(repository, tree, readers));
  for (const reader of readers) await reader.readAll();
  return readers.map(({ units }) => units);
}

/** More units than anybody has: a deployment object that applies itself would have no end. */
const MOST_UNITS = 2_000;

interface BegunFolder {
  readonly folder: string;
  readonly manifests: ReturnType<typeof manifestsOfFolder>;
  readonly view: SourceView;
}

/** Where a unit begins that nothing applies. */
interface Beginning extends Pick<Unit, 'folder'> {
  /** The first word of its id: `kustomization`, `manifests`. */
  readonly how: string;
  /** The file from the root that it begins with, if it is one. */
  readonly file?: string;
}

class UnitReader {
  readonly units: Unit[] = [];
  /** The places of all files that a unit is made from. */
  private readonly covered = new Set<string>();
  /** The places of files below applied folders that Flux does not take. */
  private readonly leftOut = new Set<string>();
  /** What was followed, by `keyOf`. */
  private readonly applied = new Set<string>();
  /** Builds that have begun, by `keyOf`. */
  private readonly begun = new Map<string, BegunFolder>();
  private readonly repository: Repository;
  private readonly tree: Numbers;
  private readonly deployers: RawDeployers;
  private readonly reading: Reading;
  private readonly viewOf: FindView;
  private readonly charts: Charts;
  private readonly together: readonly UnitReader[];
  private readonly opened: ReadonlySet<string>;

  constructor(repository: Repository, tree: Numbers, together: readonly UnitReader[]) {
    this.together = together;
    this.repository = repository;
    this.tree = tree;
    this.deployers = rawDeployers(repository);
    const files = new NamedFiles(repository);
    const known = new KnownObjects(this.deployers.areFilledLate);
    this.reading = { repository, files, known };
    this.viewOf = sourceViews(repository, this.deployers, this.reading.known.find);
    this.charts = new Charts(repository, this.deployers, this.viewOf);
    this.opened = openedFolders(this.deployers);
  }

  /** First what lies in no applied folder, then what applies itself, then the rest. */
  async readAll(): Promise<void> {
    const { survey } = this.repository;
    const { all, folderOf } = this.deployers;
    const folders = all
      .flatMap(({ object }) => appliedOf(object))
      .flatMap(applied => folderOf(applied) ?? []);
    const isApplied = (place: string): boolean =>
      folders.some(folder => place === folder || place.startsWith(`${folder}/`));
    await this.roots(place => !isApplied(place), survey.tops);
    for (const { place, object } of all)
      if (!this.covered.has(place)) await this.followAlone(object, place);
    await this.roots(() => true, [...survey.tops, ...survey.bases]);
    await this.unlisted();
    await this.unlistedFolders();
    await this.idle();
    if (this.units.length === 0) await this.kustomizations(survey.components);
    await this.skipped();
    this.addBeside(NAMED_FILES, this.reading.files.sources);
    this.addBeside('templates', templateSources(this.repository));
  }

  /** Loose manifests and kustomizations that are no part of a unit yet. */
  private async roots(
    isWanted: (place: string) => boolean,
    tops: readonly string[],
  ): Promise<void> {
    const { root, survey, shown, host } = this.repository;
    const { placeOf } = survey.listing;
    const loose = survey.loose.filter(
      file => isWanted(placeOf(file)) && !this.covered.has(placeOf(file)),
    );
    const howOf = (file: string): string => this.howOf(placeOf(file), 'manifests');
    for (const [how, ofHow] of groupBy(loose, howOf))
      for (const [folder, files] of groupBy(ofHow, folderOf))
        await this.add(
          { folder, how },
          files
            .map(file => ({ ...readFound(shown(join(root, file)), host), places: [placeOf(file)] }))
            .filter(isManifest),
        );
    await this.kustomizations(tops.filter(file => isWanted(placeOf(file))));
  }

  private howOf(place: string, usual: string): string {
    return this.leftOut.has(place) ? LEFT_OUT : usual;
  }

  /** Kustomizations that are no part of a unit yet. Flux builds without kustomize's load restriction. */
  private async kustomizations(files: readonly string[]): Promise<void> {
    const { root, bounds, survey, shown, allowed, host } = this.repository;
    const { placeOf } = survey.listing;
    const applied = this.deployers.all.map(({ object }) => appliedOf(object));
    const isUnrestricted =
      applied.length > 0 && applied.flat().every(({ isUnrestricted: isFree }) => isFree);
    const begin = (file: string): ReturnType<typeof builtOrListed> => {
      const name = shown(join(root, file));
      const target = { folder: dirname(name), file: name, root: bounds, allowed };
      return builtOrListed({ ...target, isUnrestricted }, shown, host);
    };
    // A base is mostly part of what uses it: its build begins when nothing has covered it.
    const isSure = (file: string): boolean =>
      !this.covered.has(placeOf(file)) && !survey.bases.includes(file);
    const begun = new Map(files.filter(isSure).map(file => [file, ahead(begin(file))]));
    for (const file of files) {
      const place = placeOf(file);
      if (this.covered.has(place)) continue;
      const beginning = { folder: folderOf(file), how: this.howOf(place, 'kustomization') };
      const sources = await (begun.get(file) ?? begin(file));
      await this.add({ ...beginning, file: relative(root, place) }, sources);
    }
  }

  /** What a kustomization seems to leave out by mistake: it is reported, and no part of the world. */
  private async unlisted(): Promise<void> {
    const { root, survey, shown, namespace, number, host } = this.repository;
    for (const file of survey.unlisted) {
      const place = survey.listing.placeOf(file);
      if (this.covered.has(place)) continue;
      const read = parseSource(readFound(shown(join(root, file)), host), -1, namespace);
      const reported = unlistedManifest(read, host);
      if (reported === undefined) continue;
      const source = parseSource({ ...reported, places: [place] }, number(), namespace);
      await this.push({ ...this.ofNobody({ folder: file, how: 'unlisted' }), sources: [source] });
    }
  }

  /** The same of folders, unless something applies them. */
  private async unlistedFolders(): Promise<void> {
    const { root, survey, namespace, number } = this.repository;
    const { all, folderOf: appliedAt } = this.deployers;
    const applied = new Set(all.flatMap(({ object }) => appliedOf(object).map(appliedAt)));
    const built = new Map(this.units.map(unit => [unit.home?.file, unit]));
    for (const left of survey.unlistedFolders) {
      const place = survey.listing.placeOf(left.file);
      const unit = built.get(relative(root, place));
      if (unit === undefined || applied.has(dirname(place))) continue;
      const objects = unit.sources.flatMap(source => source.objects);
      const reported = unlistedFolder(left, objects);
      if (reported === undefined) continue;
      const places = [join(left.by.folder, left.by.name)];
      const source = parseSource({ ...reported, places }, number(), namespace);
      await this.push({
        ...this.ofNobody({ folder: left.file, how: 'unlisted' }),
        sources: [source],
      });
    }
  }

  /** The kustomizations with patches that are laid over nothing. */
  private async idle(): Promise<void> {
    const { root, survey, shown, host } = this.repository;
    const found = idlePatches(survey.kustomizations, by => this.opened.has(by.folder), host);
    for (const [{ folder, name, file, text }, idle] of found) {
      const place = join(folder, name);
      const kustomization = { file: shown(place), place, text, rendered: [] };
      const source = this.reading.files.charted(kustomization);
      const beginning = { folder: relative(root, folder), how: PATCHES, file };
      await this.push({ ...this.ofNobody(beginning), sources: [{ ...source, idle }] });
    }
  }

  private async skipped(): Promise<void> {
    const { root, survey, shown } = this.repository;
    const isAll = this.units.length === 0;
    for (const { file, reason } of survey.unread) {
      const place = join(root, file);
      const source = unreadSource(shown(place), reason, isAll);
      await this.add({ folder: file, how: UNREAD }, [{ ...source, places: [place] }]);
    }
  }

  /** A unit that nothing applies, and what its deployment objects apply. */
  private async add(beginning: Beginning, sources: readonly ManifestSource[]): Promise<void> {
    if (sources.length === 0) return;
    await this.push({ ...this.ofNobody(beginning), ...unappliedSources(sources, this.reading) });
  }

  /** Sources without objects that say something of others. */
  private addBeside(how: string, raw: readonly ObjectSource[]): void {
    if (raw.length > 0) this.units.push({ ...this.ofNobody({ folder: '', how }), raw });
  }

  /** What a deployment object applies that is in no unit; `place`: its file. */
  private followAlone(object: PlacedObject, place: string): Promise<void> {
    const file = relative(this.repository.root, place);
    const alone = this.ofNobody({ folder: file, how: 'deployer', file });
    return this.follow(object, this.isUnlisted(place) ? { ...alone, isUnlisted: true } : alone);
  }

  /** Whether a file lies in an applied folder of which all is known, and is no part of what is applied. */
  private isUnlisted(place: string): boolean {
    const isWhole = ({ text, unread = [], unknowns = [] }: ObjectSource): boolean =>
      text !== undefined && unread.length + unknowns.length === 0;
    return this.units.some(
      unit =>
        isDeployed(unit) &&
        unit.sources.length > 0 &&
        isBelow(join(this.repository.root, unit.folder), place) &&
        unit.sources.every(isWhole),
    );
  }

  private ofNobody({ folder, how, file }: Beginning): Unit {
    const empty = { sources: [], raw: [], tree: this.tree(), cluster: '' };
    const id = `${how} ${folder}`;
    return { id, folder, ...empty, ...(file !== undefined && { home: { id, file } }) };
  }

  private async push(read: Unit): Promise<void> {
    const { by, sync } = read;
    const bounds = namespacesOf(read);
    const from = { ...(by && { by }), ...(sync !== undefined && { sync }) };
    const { known, files } = this.reading;
    const own = read.sources.map(source => withBounds(files.withFiles(source), bounds));
    for (const { objects, places = [] } of own) {
      for (const place of places) this.covered.add(place);
      known.add(objects);
    }
    const tried = await Promise.all(
      own.map(source => this.charts.tried(source, known.find, read.tree)),
    );
    const charted = own.map((source, index) => this.charts.charted(source, tried[index] ?? []));
    const unit = { ...read, sources: charted.map(({ source }) => ({ ...source, ...from })) };
    this.units.push(unit);
    for (const { by: object, local, sources } of charted.flatMap(({ charts }) => charts))
      await this.push({ ...this.unitOf(object, local, unit), sources, raw: [] });
    const objects = [...unit.sources, ...unit.raw].flatMap(source => source.objects);
    const late = new Set(objects.filter(object => known.isWaiting(object)));
    const inOrder = [...objects.filter(object => !late.has(object)), ...late];
    for (const object of inOrder) this.begin(object, unit);
    for (const object of inOrder) await this.follow(object, unit);
  }

  /** Begins to build what an object applies, before any of its siblings is followed. */
  private begin(object: PlacedObject, unit: Unit): void {
    const standpoint = this.standpointOf(object, unit);
    for (const applied of appliedOf(object)) {
      const key = keyOf(applied, unit);
      const folder = this.deployers.folderOf(applied);
      if (folder === undefined || this.begun.has(key) || this.begun.size > MOST_UNITS) continue;
      this.begun.set(key, this.beginIn(folder, applied, standpoint));
    }
  }

  private beginIn(folder: string, applied: AppliedFolder, from: Standpoint): BegunFolder {
    const view = this.viewOf(applied, from);
    return {
      folder,
      view,
      manifests: ahead(manifestsOfFolder(folder, applied, view, this.repository)),
    };
  }

  /** Adds the units that an object applies. */
  private async follow(object: PlacedObject, above: Unit): Promise<void> {
    const standpoint = this.standpointOf(object, above);
    for (const applied of appliedOf(object)) {
      const key = keyOf(applied, above);
      const isRendered = object.rendered?.has(renderedKey(applied)) === true;
      if (isRendered || this.applied.has(key) || this.units.length > MOST_UNITS) continue;
      this.applied.add(key);
      const folder = this.deployers.folderOf(applied);
      const unit = this.unitOf(object, applied, above);
      if (folder !== undefined) {
        const begun = this.begun.get(key) ?? this.beginIn(folder, applied, standpoint);
        await this.pushApplied(object, applied, unit, begun);
      } else if (!(await this.followBeside(object, applied, above)))
        await this.push({ ...unit, ...this.absent(object, applied) });
    }
  }

  private async pushApplied(
    object: PlacedObject,
    applied: AppliedFolder,
    unit: ReturnType<UnitReader['unitOf']>,
    begun: BegunFolder,
  ): Promise<void> {
    const sources = await this.sourcesOf(object, applied, begun);
    await this.push({ ...unit, ...(sources ?? this.absent(object, applied)) });
  }

  /** Adds what an object applies to the units of another repository, where its folder is. */
  private async followBeside(
    object: PlacedObject,
    applied: AppliedFolder,
    above: Unit,
  ): Promise<boolean> {
    const { source, ...folderAlone } = applied;
    const url = this.deployers.urlOf(applied);
    const named = { ...folderAlone, ...(url !== undefined && { url }) };
    for (const reader of this.together) {
      const folder = reader === this ? undefined : reader.deployers.folderFor(named);
      if (folder === undefined) continue;
      const { root } = reader.repository;
      const begun = reader.beginIn(folder, named, { tree: above.tree, place: root });
      const unit = { ...this.unitOf(object, named, above), folder: relative(root, folder) };
      await reader.pushApplied(object, named, unit, begun);
      return true;
    }
    return false;
  }

  private standpointOf({ file }: PlacedObject, { sources, tree, folder }: Unit): Standpoint {
    const [place] = sources.find(({ number }) => number === file)?.places ?? [];
    return { tree, place: place ?? join(this.repository.root, folder) };
  }

  private absent(object: PlacedObject, applied: AppliedFolder): Sources {
    const from = { repository: this.repository, url: this.deployers.urlOf(applied) };
    return { sources: [absentFolder(object, applied, from)], raw: [] };
  }

  /** The sources of an applied folder; undefined: Flux does not take it. */
  private async sourcesOf(
    by: PlacedObject,
    applied: AppliedFolder,
    { folder, manifests, view }: BegunFolder,
  ): Promise<Sources | undefined> {
    for (const place of view.leftOutOf(folder)) this.leftOut.add(place);
    if (view.lacksFolder(folder)) return undefined;
    return appliedSources({ folder, applied, by, manifests: await manifests, view }, this.reading);
  }

  private unitOf(
    object: PlacedObject,
    applied: ChartPlace,
    above: Unit,
  ): Omit<Unit, 'sources' | 'raw'> {
    const { tree, home, isUnlisted } = above;
    const { path, name = object.name, cluster = above.cluster } = applied;
    const found = this.deployers.folderOf(applied);
    const folder = found === undefined ? path : relative(this.repository.root, found);
    const id = [above.id, object.kind, object.namespace, name, path].join(' ');
    const by = { by: object, as: name, sync: syncId(object, name) };
    return {
      id,
      folder,
      ...by,
      tree,
      cluster,
      ...(home && { home }),
      ...(isUnlisted && { isUnlisted }),
    };
  }
}

function namespacesOf({ sources, raw }: Unit): string[] {
  const objects = [...sources, ...raw].flatMap(source => source.objects);
  return objects.length === 0
    ? []
    : [...new Set(['', ...objects.map(({ namespace }) => namespace)])];
}

/** A source whose unread parts make objects in the namespaces of its unit, where no other is told. */
function withBounds(source: ObjectSource, namespaces: readonly string[]): ObjectSource {
  if (source.unknowns === undefined || namespaces.length === 0) return source;
  const unknowns = source.unknowns.flatMap(unknown =>
    unknown.isOfUnit === true && unknown.namespace === undefined
      ? namespaces.map(namespace => ({ ...unknown, namespace }))
      : [unknown],
  );
  return { ...source, unknowns };
}

/** The kustomizations that deployment objects add components to, and these components. */
function openedFolders({ all, folderOf }: RawDeployers): Set<string> {
  const applied = all.flatMap(({ object }) => appliedOf(object));
  return new Set(
    applied.flatMap(each => {
      const components = listAt(each.overlay, 'components').filter(
        entry => typeof entry === 'string',
      );
      const folder = components.length === 0 ? undefined : folderOf(each);
      return folder === undefined
        ? []
        : [folder, ...components.map(component => join(folder, component))];
    }),
  );
}

/** What is built before it is waited for: a failure is told then. */
function ahead<T>(building: Promise<T>): Promise<T> {
  building.catch(() => {});
  return building;
}

/** What is equal for two deployment objects of a tree that apply the same in the same way. */
function keyOf({ at: _, name: __, open: ___, ...rest }: AppliedFolder, { tree, cluster }: Unit) {
  return JSON.stringify([tree, rest.cluster ?? cluster, rest]);
}
