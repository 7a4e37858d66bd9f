import { dirname, join, relative } from 'node:path';
import { groupBy, listAt } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import type { AppliedFolder, ChartPlace } from '../kinds/facets.ts';
import { renderedKey, unrendered } from '../kinds/helm/release.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { appliedOf, builtFolder, KnownObjects, rawDeployers, sourcesOfFolder } from './appliers.ts';
import { chartMaker } from './charts.ts';
import { belowAny, isBelow } from './inside.ts';
import { idlePatches } from './kustomize/targets.ts';
import { syncId } from './object-set.ts';
import { unreadSource } from './read-manifests.ts';
import { type Repository, unlistedFolder, unlistedManifest } from './repository.ts';
import type { ManifestSource, ObjectSource } from './source.ts';
import { isManifest, namedIn, nothing, parseSource } from './source.ts';
import { type FindView, type Standpoint, sourceViews } from './source-views.ts';
import type { Reading, Sources } from './unit-sources.ts';
import { absentFolder, appliedSources, NamedFiles, unappliedSources } from './unit-sources.ts';
import { type Beginning, isDeployed, type Unit } from './world.ts';

/** The units of each repository: what appliers apply, and the rest. A repository may apply folders of later ones. */
export async function readUnits(all: readonly Repository[], tree: () => number): Promise<Unit[][]> {
  const readers: UnitReader[] = [];
  for (const repository of all) readers.push(new UnitReader(repository, tree, readers));
  for (const reader of readers) await reader.readAll();
  return readers.map(({ units }) => units);
}

/** More units than anybody has: a deployment object that applies itself would have no end. */
const MOST_UNITS = 2_000;

type FolderBuild = ReturnType<UnitReader['beginIn']>;
type AppliedUnit = ReturnType<UnitReader['unitOf']>;

class UnitReader {
  readonly units: Unit[] = [];
  private readonly covered = new Set<string>();
  private readonly leftOut = new Set<string>();
  private readonly rendered = new Set<string | undefined>();
  private readonly applied = new Set<string>();
  private readonly builds = new Map<string, FolderBuild>();
  private readonly repository: Repository;
  private readonly tree: () => number;
  private readonly deployers: ReturnType<typeof rawDeployers>;
  private readonly reading: Reading;
  private readonly viewOf: FindView;
  private readonly charted: ReturnType<typeof chartMaker>;
  private readonly together: readonly UnitReader[];

  constructor(repository: Repository, tree: () => number, together: readonly UnitReader[]) {
    this.together = together;
    this.repository = repository;
    this.tree = tree;
    this.deployers = rawDeployers(repository);
    const readObjects = new KnownObjects(this.deployers.areFilledLate);
    this.reading = { repository, files: new NamedFiles(repository), readObjects };
    this.viewOf = sourceViews(repository, this.deployers, readObjects.find);
    this.charted = chartMaker(repository, this.deployers, this.viewOf);
  }

  /** First what lies in no applied folder, then what applies itself, then the rest. */
  async readAll(): Promise<void> {
    const { root, survey } = this.repository;
    const { all, applied, folderOf } = this.deployers;
    const isApplied = belowAny(applied.flatMap(each => folderOf(each) ?? []));
    await this.roots(place => !isApplied(place), survey.tops);
    for (const { place, object } of all) {
      if (this.covered.has(place)) continue;
      const alone = this.ofNobody('deployer', relative(root, place), relative(root, place));
      await this.follow(object, this.isUnlisted(place) ? { ...alone, isUnlisted: true } : alone);
    }
    await this.roots(() => true, [...survey.tops, ...survey.bases]);
    await this.unlisted();
    await this.unlistedFolders();
    await this.idle();
    if (this.units.length === 0) await this.kustomizations(survey.components);
    await this.skipped();
    const sources = this.units.flatMap(unit => unit.sources);
    for (const object of sources.flatMap(({ objects }) => objects)) this.compareContents(object);
    const charts = survey.charts.map(folder => join(root, folder));
    for (const chart of charts.filter(folder => !this.rendered.has(folder)))
      this.reading.files.addContents(chart);
    this.addBeside('files', this.reading.files.sources);
    this.addBeside('templates', templateSources(this.repository));
  }

  private async roots(isWanted: (place: string) => boolean, tops: readonly string[]) {
    const { root, survey, read } = this.repository;
    const { placeOf } = survey.listing;
    const isLeft = (file: string): boolean =>
      isWanted(placeOf(file)) && !this.covered.has(placeOf(file));
    const wordOf = (file: string): Beginning => this.wordOf(placeOf(file), 'manifests');
    for (const [word, alike] of groupBy(survey.loose.filter(isLeft), wordOf))
      for (const [folder, files] of groupBy(alike, dirname)) {
        const found = files.map(file => ({ ...read(join(root, file)), places: [placeOf(file)] }));
        await this.add(this.ofNobody(word, folder), found.filter(isManifest));
      }
    await this.kustomizations(tops.filter(isLeft));
  }

  private wordOf(place: string, usual: Beginning): Beginning {
    return this.leftOut.has(place) ? 'left-out' : usual;
  }

  private async kustomizations(files: readonly string[]): Promise<void> {
    const { root, survey } = this.repository;
    const { placeOf } = survey.listing;
    const { applied } = this.deployers;
    const isUnrestricted =
      applied.length > 0 && applied.every(({ isUnrestricted: isFree }) => isFree);
    const begin = (file: string): ReturnType<typeof builtFolder> =>
      builtFolder(join(root, file), { isUnrestricted }, this.repository);
    // A base is mostly part of what uses it: its build begins when nothing has covered it.
    const isSure = (file: string): boolean =>
      !this.covered.has(placeOf(file)) && !survey.bases.includes(file);
    const builds = new Map(files.filter(isSure).map(file => [file, ahead(begin(file))]));
    for (const file of files) {
      const place = placeOf(file);
      if (this.covered.has(place)) continue;
      const word = this.wordOf(place, 'kustomization');
      const sources = await (builds.get(file) ?? begin(file));
      await this.add(this.ofNobody(word, dirname(file), relative(root, place)), sources);
    }
  }

  private async unlisted(): Promise<void> {
    const { root, survey, read, namespace, host } = this.repository;
    for (const file of survey.unlisted) {
      const place = survey.listing.placeOf(file);
      if (this.covered.has(place)) continue;
      const source = parseSource(read(join(root, file)), -1, namespace);
      await this.report(unlistedManifest(source, host), file, place);
    }
  }

  private async unlistedFolders(): Promise<void> {
    const { root, survey } = this.repository;
    const applied = new Set(this.deployers.applied.map(this.deployers.folderOf));
    const built = new Map(this.units.map(unit => [unit.treeRoot?.file, unit]));
    for (const left of survey.unlistedFolders) {
      const { file, by } = left;
      const place = survey.listing.placeOf(file);
      const unit = built.get(relative(root, place));
      if (unit === undefined || applied.has(dirname(place))) continue;
      const objects = unit.sources.flatMap(source => source.objects);
      await this.report(unlistedFolder(left, objects), file, join(by.folder, by.name));
    }
  }

  private async report(reported: ManifestSource | undefined, file: string, place: string) {
    if (reported === undefined) return;
    const source = this.repository.parsed({ ...reported, places: [place] });
    await this.push({ ...this.ofNobody('unlisted', file), sources: [source] });
  }

  private async idle(): Promise<void> {
    const { root, survey, shown, host } = this.repository;
    const opened = openedFolders(this.deployers);
    const found = idlePatches(survey.kustomizations, by => opened.has(by.folder), host);
    for (const [{ folder, name, file, text }, idle] of found) {
      const place = join(folder, name);
      const source = this.reading.files.charted({ file: shown(place), place, text, rendered: [] });
      const unit = this.ofNobody('patches', relative(root, folder), file);
      await this.push({ ...unit, sources: [{ ...source, idle }] });
    }
  }

  private async skipped(): Promise<void> {
    const { root, survey, shown } = this.repository;
    const isAll = this.units.length === 0;
    for (const { file, reason } of survey.unread) {
      const place = join(root, file);
      const source = unreadSource(shown(place), reason, isAll);
      await this.add(this.ofNobody('unread', file), [{ ...source, places: [place] }]);
    }
  }

  private async add(unit: Unit, sources: readonly ManifestSource[]): Promise<void> {
    if (sources.length > 0)
      await this.push({ ...unit, ...unappliedSources(sources, this.reading) });
  }

  private addBeside(word: Beginning, raw: readonly ObjectSource[]): void {
    if (raw.length > 0) this.units.push({ ...this.ofNobody(word, ''), raw });
  }

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

  private ofNobody(word: Beginning, folder: string, file?: string): Unit {
    const empty = { sources: [], raw: [], tree: this.tree(), cluster: '' };
    const id = `${word} ${folder}`;
    return { id, folder, ...empty, ...(file !== undefined && { treeRoot: { id, file } }) };
  }

  private async push(read: Unit): Promise<void> {
    const { by, sync } = read;
    const bounds = namespacesOf(read);
    const from = { ...(by && { by }), ...(sync !== undefined && { sync }) };
    const { readObjects, files } = this.reading;
    const bounded = read.sources.map(source => withBounds(files.withFiles(source), bounds));
    for (const place of bounded.flatMap(({ places = [] }) => places)) this.covered.add(place);
    readObjects.add(bounded.flatMap(({ objects }) => objects));
    const made = await Promise.all(
      bounded.map(source => this.charted(source, readObjects.find, read.tree)),
    );
    const charted = made.map(numbered => numbered());
    const unit = { ...read, sources: charted.map(({ source }) => ({ ...source, ...from })) };
    this.units.push(unit);
    for (const { by: object, local, sources } of charted.flatMap(({ charts }) => charts)) {
      this.rendered.add(this.deployers.folderOf(local));
      await this.push({ ...this.unitOf(object, local, unit), sources, raw: [] });
    }
    const objects = [...unit.sources, ...unit.raw].flatMap(source => source.objects);
    const late = new Set(objects.filter(object => readObjects.isWaiting(object)));
    const inOrder = [...objects.filter(object => !late.has(object)), ...late];
    // What they apply begins to be built before any of them is followed.
    for (const object of inOrder)
      for (const applied of appliedOf(object))
        if (this.builds.size <= MOST_UNITS) this.building(object, applied, unit);
    for (const object of inOrder) await this.follow(object, unit);
  }

  /** Files that are read, and charts that are not made and no folders of units: their bytes show whether they change. */
  private compareContents(by: PlacedObject): void {
    const { folders, localReleases, contents } = by.knownKind?.applies ?? {};
    const { readObjects, files } = this.reading;
    const releases = folders ? [] : (localReleases?.(by, readObjects.find) ?? []);
    const charts = unrendered(by, releases).map(({ local }) => this.deployers.folderOf(local));
    const named = (contents?.(by, readObjects.find) ?? []).map(plainPart);
    const paths = named.map(path => join(this.repository.root, path));
    for (const path of [...charts, ...paths]) if (path !== undefined) files.addContents(path);
  }

  private building(object: PlacedObject, applied: AppliedFolder, above: Unit) {
    const folder = this.deployers.folderOf(applied);
    if (folder === undefined) return undefined;
    const key = keyOf(applied, above);
    const source = above.sources.find(({ number }) => number === object.file);
    const place = source?.places?.[0] ?? join(this.repository.root, above.folder);
    const from = { tree: above.tree, place };
    const build = this.builds.get(key) ?? this.beginIn(folder, applied, from);
    this.builds.set(key, build);
    return build;
  }

  private beginIn(folder: string, applied: AppliedFolder, from: Standpoint) {
    const view = this.viewOf(applied, from);
    const manifests = ahead(sourcesOfFolder(folder, applied, view.lacks, this.repository));
    return { folder, view, manifests };
  }

  private async follow(object: PlacedObject, above: Unit): Promise<void> {
    for (const applied of appliedOf(object)) {
      const key = keyOf(applied, above);
      const isRendered = object.rendered?.has(renderedKey(applied)) === true;
      if (isRendered || this.applied.has(key) || this.units.length > MOST_UNITS) continue;
      this.applied.add(key);
      const build = this.building(object, applied, above);
      const unit = this.unitOf(object, applied, above);
      if (build !== undefined) await this.pushApplied(applied, unit, build);
      else if (!(await this.followBeside(object, applied, above)))
        await this.push({ ...unit, ...this.absent(object, applied) });
    }
  }

  private async pushApplied(applied: AppliedFolder, unit: AppliedUnit, build: FolderBuild) {
    const { folder, view, manifests } = build;
    for (const place of view.leftOutOf(folder)) this.leftOut.add(place);
    const toApply = { folder, applied, by: unit.by, view };
    const sources = view.lacksFolder(folder)
      ? this.absent(unit.by, applied)
      : appliedSources({ ...toApply, manifests: await manifests }, this.reading);
    await this.push({ ...unit, ...sources });
  }

  private async followBeside(object: PlacedObject, applied: AppliedFolder, above: Unit) {
    const { source, ...folderAlone } = applied;
    const url = this.deployers.urlOf(applied);
    const named = { ...folderAlone, ...(url !== undefined && { url }) };
    for (const reader of this.together) {
      const folder = reader === this ? undefined : reader.deployers.folderFor(named);
      if (folder === undefined) continue;
      const { root } = reader.repository;
      const build = reader.beginIn(folder, named, { tree: above.tree, place: root });
      const unit = { ...this.unitOf(object, named, above), folder: relative(root, folder) };
      await reader.pushApplied(named, unit, build);
      return true;
    }
    return false;
  }

  private absent(object: PlacedObject, applied: AppliedFolder): Sources {
    const url = this.deployers.urlOf(applied);
    return { sources: [absentFolder(object, applied, url, this.repository)], raw: [] };
  }

  private unitOf(object: PlacedObject, applied: ChartPlace, above: Unit) {
    const { tree, treeRoot, isUnlisted } = above;
    const { path, name = object.name, cluster = above.cluster } = applied;
    const found = this.deployers.folderOf(applied);
    return {
      id: [above.id, object.kind, object.namespace, name, path].join(' '),
      folder: found === undefined ? path : relative(this.repository.root, found),
      by: object,
      as: name,
      sync: syncId(object, name),
      tree,
      cluster,
      ...(treeRoot && { treeRoot }),
      ...(isUnlisted && { isUnlisted }),
    };
  }
}

/** A pattern, or a name with a variable in it, stands for its folder. */
function plainPart(path: string): string {
  const open = path.search(/[*?[$]/);
  return open < 0 ? path : path.slice(0, path.lastIndexOf('/', open) + 1);
}

function namespacesOf({ sources, raw }: Unit): string[] {
  const found = [...sources, ...raw].flatMap(source => source.objects.map(o => o.namespace));
  return found.length === 0 ? [] : [...new Set(['', ...found])];
}

function withBounds(source: ObjectSource, namespaces: readonly string[]): ObjectSource {
  if (source.unknowns === undefined || namespaces.length === 0) return source;
  const unknowns = source.unknowns.flatMap(unknown =>
    unknown.isOfUnit === true && unknown.namespace === undefined
      ? namespaces.map(namespace => ({ ...unknown, namespace }))
      : [unknown],
  );
  return { ...source, unknowns };
}

function openedFolders({ applied, folderOf }: UnitReader['deployers']): Set<string> {
  return new Set(
    applied.flatMap(each => {
      const listed = listAt(each.overlay, 'components');
      const components = listed.filter(entry => typeof entry === 'string');
      const folder = components.length === 0 ? undefined : folderOf(each);
      return folder === undefined ? [] : ['', ...components].map(path => join(folder, path));
    }),
  );
}

/** A promise that is awaited later: its failure counts only then. */
function ahead<T>(building: Promise<T>): Promise<T> {
  building.catch(() => {});
  return building;
}

function keyOf(applied: AppliedFolder, { tree, cluster }: Unit): string {
  return JSON.stringify([tree, applied.cluster ?? cluster]) + appliedText(applied);
}

const appliedText = oncePer(({ at: _, name: __, open: ___, ...rest }: AppliedFolder) =>
  JSON.stringify(rest),
);

/** The endings of files that another program makes manifests of: Go's, Helm's and Jinja's. */
const TEMPLATE = /\.(tpl|tmpl|gotmpl|j2|jinja2?)$/;

/** Template files that look like manifests: what they name they may make, though they are not read as objects. */
function templateSources({ root, survey, read, parsed }: Repository): ObjectSource[] {
  return survey.listing.files
    .filter(file => TEMPLATE.test(file))
    .flatMap(path => {
      const { file, text = '' } = read(join(root, path));
      const unknown = namedIn(`the template "${file}"`, text);
      return unknown ? [parsed(nothing(file, unknown, file))] : [];
    });
}
