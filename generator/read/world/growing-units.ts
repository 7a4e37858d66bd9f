import { dirname, relative } from 'node:path';
import type { Applied, ChartPlace } from '../../kinds/deployment-ends.ts';
import { renderedKey } from '../../kinds/helm/release.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Begun } from '../kustomize/plain-list.ts';
import type { ManifestSource } from '../manifest-source.ts';
import { syncId } from '../sets/object-set.ts';
import type { ObjectSource } from '../sets/parse-source.ts';
import { Charts } from './charts.ts';
import { appliedOf, type rawDeployers } from './deployers.ts';
import { NamedFiles } from './named-files.ts';
import type { Repository } from './repository.ts';
import type { Numbers, Unit } from './unit.ts';
import { UnitSources } from './unit-sources.ts';
import { absentFolder } from './unseen-sources.ts';
import { KnownObjects } from './variables.ts';

/** More units than anybody has; what makes itself has no end. */
const MOST_UNITS = 2_000;

/** Where a unit begins that nothing applies. */
interface Beginning extends Pick<Unit, 'folder'> {
  /** What is in it. */
  readonly how: string;
  /** The file from the root that begins it, if it is one. */
  readonly file?: string;
}

/** Units of a repository while they are found: with each come those that it has applied, to any depth. */
export class GrowingUnits {
  readonly units: Unit[] = [];
  /** The files that a unit is made from, by their places. */
  private readonly covered = new Set<string>();
  private readonly applied = new Set<string>();
  /** What of it has begun to be built. */
  private readonly begun = new Map<string, Begun | undefined>();
  readonly known: KnownObjects = new KnownObjects();
  readonly files: NamedFiles;
  private readonly charts: Charts;
  private readonly sources: UnitSources;
  private readonly repository: Repository;
  private readonly deployers: ReturnType<typeof rawDeployers>;
  private readonly number: Numbers;
  private readonly tree: Numbers;

  constructor(
    repository: Repository,
    deployers: ReturnType<typeof rawDeployers>,
    { number, tree }: { readonly number: Numbers; readonly tree: Numbers },
  ) {
    this.repository = repository;
    this.deployers = deployers;
    this.number = number;
    this.tree = tree;
    this.files = new NamedFiles(repository, number);
    this.charts = new Charts(repository, deployers, number);
    this.sources = new UnitSources(repository, number, this);
  }

  /** Whether a unit is made from the file at a place. */
  isCovered(place: string): boolean {
    return this.covered.has(place);
  }

  /** A unit that nothing applies, and what its deployment objects apply. */
  add(beginning: Beginning, sources: readonly ManifestSource[]): void {
    if (sources.length === 0) return;
    this.push({ ...this.ofNobody(beginning), ...this.sources.ofNobody(sources) });
  }

  /** The same of a source whose objects are known. */
  addParsed(beginning: Beginning, source: ObjectSource): void {
    this.push({ ...this.ofNobody(beginning), sources: [source] });
  }

  /** What is no object and says something of others. */
  addBeside(how: string, raw: readonly ObjectSource[]): void {
    if (raw.length > 0) this.units.push({ ...this.ofNobody({ folder: '', how }), raw });
  }

  /** What a deployment object applies that no unit has; `file`: where it stands, from the root. */
  followAlone(object: PlacedObject, file: string): void {
    this.follow(object, this.ofNobody({ folder: file, how: 'deployer', file }));
  }

  /** A unit that nothing applies, without what is in it. */
  private ofNobody({ folder, how, file }: Beginning): Unit {
    const empty = { sources: [], raw: [], tree: this.tree(), cluster: '' };
    const id = `${how} ${folder}`;
    return { id, folder, ...empty, ...(file !== undefined && { home: { id, file } }) };
  }

  private push(given: Unit): void {
    const { by, sync } = given;
    const from = { ...(by && { by }), ...(sync !== undefined && { sync }) };
    const own = given.sources.map(source => this.withFiles(source));
    for (const { objects, places = [] } of own) {
      for (const place of places) this.covered.add(place);
      this.known.add(objects);
    }
    const begun = own.map(source => this.charts.begin(source, this.known.find));
    const charted = begun.map(finish => finish());
    const unit = { ...given, sources: charted.map(({ source }) => ({ ...source, ...from })) };
    this.units.push(unit);
    for (const { charts } of charted)
      for (const { by: object, local, sources } of charts)
        this.push({ ...this.unitOf(object, local, unit), sources, raw: [] });
    const objects = [...unit.sources, ...unit.raw].flatMap(source => source.objects);
    const late = new Set(objects.filter(object => this.known.isWaiting(object)));
    const inOrder = [...objects.filter(object => !late.has(object)), ...late];
    for (const object of inOrder) this.begin(object, unit);
    for (const object of inOrder) this.follow(object, unit);
  }

  /** A source whose objects have the files that they name. */
  private withFiles(source: ObjectSource): ObjectSource {
    const [place = ''] = source.places ?? [];
    const objects = source.objects.map(object => this.files.given(object, dirname(place)));
    return { ...source, objects };
  }

  /** Has the builds begin of what an object has applied, before the first of its neighbours is followed. */
  private begin(object: PlacedObject, unit: Unit): void {
    for (const applied of appliedOf(object)) {
      const key = keyOf(applied, unit);
      const folder = this.deployers.folderOf(applied);
      if (folder === undefined || this.begun.has(key) || this.begun.size > MOST_UNITS) continue;
      this.begun.set(key, this.sources.begin(folder, applied));
    }
  }

  /** What an object has applied. */
  private follow(object: PlacedObject, above: Unit): void {
    for (const applied of appliedOf(object)) {
      const key = keyOf(applied, above);
      if (this.applied.has(key) || this.units.length > MOST_UNITS) continue;
      if (object.rendered?.has(renderedKey(applied)) === true) continue;
      this.applied.add(key);
      const folder = this.deployers.folderOf(applied);
      const unit = this.unitOf(object, applied, above);
      if (folder === undefined) {
        const absent = absentFolder(object, applied, this.repository, this.number());
        this.push({ ...unit, sources: [absent], raw: [] });
        continue;
      }
      const begun = this.begun.has(key) ? this.begun.get(key) : this.sources.begin(folder, applied);
      this.push({ ...unit, ...this.sources.of(folder, applied, object, begun) });
    }
  }

  /** A unit that an object has applied, without what is in it. */
  private unitOf(
    object: PlacedObject,
    applied: ChartPlace,
    above: Unit,
  ): Omit<Unit, 'sources' | 'raw'> {
    const { tree, cluster, home } = above;
    const { path, name = object.name, cluster: own = cluster } = applied;
    const found = this.deployers.folderOf(applied);
    const folder = found === undefined ? path : relative(this.repository.root, found);
    const id = [above.id, object.kind, object.namespace, name, path].join(' ');
    const by = { by: object, as: name, sync: syncId(object, name) };
    return { id, folder, ...by, tree, cluster: own, ...(home && { home }) };
  }
}

/** What tells apart what is applied. */
function keyOf({ at: _, name: __, open: ___, ...rest }: Applied, { tree, cluster }: Unit): string {
  return JSON.stringify([tree, rest.cluster ?? cluster, rest]);
}
