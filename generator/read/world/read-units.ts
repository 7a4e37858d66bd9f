import { dirname, join, relative } from 'node:path';
import { groupBy } from '../../ground/group-by.ts';
import type { Applied } from '../../kinds/deployment-ends.ts';
import type { Item } from '../../kinds/kind.ts';
import { type Begun, builtOrListed } from '../kustomize/plain-list.ts';
import { type ManifestSource, readFound } from '../manifest-source.ts';
import { isManifest, unreadSource } from '../read-manifests.ts';
import { type ObjectSource, parseSource } from '../sets/parse-source.ts';
import { syncId } from '../sets/sync-id.ts';
import { folderOf } from '../survey.ts';
import { unlistedManifest } from '../unlisted.ts';
import { appliedOf, rawDeployers } from './deployers.ts';
import { KnownVariables } from './known-variables.ts';
import { NamedFiles } from './named-files.ts';
import type { Repository } from './repository.ts';
import { templateFiles } from './template-files.ts';
import { type Numbers, UNREAD, type Unit } from './unit.ts';
import { UnitSources } from './unit-sources.ts';
import { absentFolder } from './unseen-sources.ts';

/** More units than anybody has; what makes itself has no end. */
const MOST_UNITS = 2_000;

/**
 * The units of a repository: what its deployment objects apply, to any depth, and what nothing
 * applies. `number` gives sources their numbers, and `tree` trees theirs.
 */
export function readUnits(repository: Repository, number: Numbers, tree: Numbers): Unit[] {
  const reader = new UnitReader(repository, number, tree);
  reader.readAll();
  return reader.units;
}

/** Where a unit begins that nothing applies. */
interface Beginning extends Pick<Unit, 'folder'> {
  /** What is in it. */
  readonly how: string;
  /** The file from the root that begins it, if it is one. */
  readonly file?: string;
}

class UnitReader {
  readonly units: Unit[] = [];
  /** The files that a unit is made from, by their places. */
  private readonly covered = new Set<string>();
  private readonly applied = new Set<string>();
  /** What of it has begun to be built. */
  private readonly begun = new Map<string, Begun | undefined>();
  readonly known = new KnownVariables();
  private readonly repository: Repository;
  private readonly number: Numbers;
  readonly files: NamedFiles;
  private readonly sources: UnitSources;
  private readonly deployers: ReturnType<typeof rawDeployers>;
  private readonly tree: Numbers;

  constructor(repository: Repository, number: Numbers, tree: Numbers) {
    this.repository = repository;
    this.number = number;
    this.tree = tree;
    this.files = new NamedFiles(repository, number);
    this.sources = new UnitSources(repository, number, this);
    this.deployers = rawDeployers(repository);
  }

  /** First what lies in nothing that is applied, then what applies itself, then what is left. */
  readAll(): void {
    const { all } = this.deployers;
    const folders = all
      .flatMap(({ item }) => appliedOf(item))
      .flatMap(applied => this.deployers.folderOf(applied) ?? []);
    const isApplied = (place: string): boolean =>
      folders.some(folder => place === folder || place.startsWith(`${folder}/`));
    this.roots(place => !isApplied(place));
    for (const { place, item } of all)
      if (!this.covered.has(place))
        this.follow(item, this.ofDeployer(relative(this.repository.root, place)));
    this.roots(() => true, true);
    this.unlisted();
    if (this.units.length === 0) this.kustomizations(this.repository.survey.components);
    this.skipped();
    this.beside('files', this.files.sources);
    this.beside('templates', templateFiles(this.repository, this.number));
  }

  /** What is no object and says something of others. */
  private beside(how: string, raw: readonly ObjectSource[]): void {
    if (raw.length > 0) this.units.push({ ...this.ofNobody({ folder: '', how }), raw });
  }

  /** A unit that nothing applies, without what is in it. */
  private ofNobody({ folder, how, file }: Beginning): Unit {
    const empty = { sources: [], raw: [], tree: this.tree(), cluster: '' };
    const id = `${how} ${folder}`;
    return { id, folder, ...empty, ...(file !== undefined && { home: { id, file } }) };
  }

  /** What a deployment object would be in that no unit has. */
  private ofDeployer(place: string): Unit {
    return this.ofNobody({ folder: place, how: 'deployer', file: place });
  }

  /** What a kustomization leaves out by mistake, it seems: it is said, and no part of the world. */
  private unlisted(): void {
    const { root, survey, shown, namespace, host } = this.repository;
    for (const file of survey.unlisted) {
      const place = survey.listing.placeOf(file) || join(root, file);
      if (this.covered.has(place)) continue;
      const read = readFound(shown(join(root, file)), host);
      const told = unlistedManifest(parseSource(read, -1, namespace), host);
      if (told === undefined) continue;
      const source = parseSource({ ...told, places: [place] }, this.number(), namespace);
      this.push({ ...this.ofNobody({ folder: file, how: 'unlisted' }), sources: [source] });
    }
  }

  /** What cannot be read. */
  private skipped(): void {
    const { root, survey, shown } = this.repository;
    const isAll = this.units.length === 0;
    for (const { file, reason } of survey.unread) {
      const place = join(root, file);
      this.add({ folder: file, how: UNREAD }, [
        { ...unreadSource(shown(place), reason, isAll), places: [place] },
      ]);
    }
  }

  /** What is no part of a unit yet. */
  private roots(isWanted: (place: string) => boolean, isLast = false): void {
    const { root, survey, shown, host } = this.repository;
    const place = (file: string): string => survey.listing.placeOf(file) || join(root, file);
    const loose = survey.loose.filter(
      file => isWanted(place(file)) && !this.covered.has(place(file)),
    );
    for (const [folder, files] of groupBy(loose, folderOf))
      this.add(
        { folder, how: 'manifests' },
        files
          .map(file => ({ ...readFound(shown(join(root, file)), host), places: [place(file)] }))
          .filter(isManifest),
      );
    const tops = isLast ? [...survey.tops, ...survey.bases] : survey.tops;
    this.kustomizations(tops.filter(name => isWanted(place(name))));
  }

  /** Kustomizations that are no part of a unit yet. Flux lifts the restriction of kustomize. */
  private kustomizations(files: readonly string[]): void {
    const { root, bounds, survey, shown, allowed, host } = this.repository;
    const { all } = this.deployers;
    const isUnrestricted = all.length > 0 && all.every(({ item }) => appliedOf(item).every(isFree));
    const placed = files.map(file => ({
      file,
      place: survey.listing.placeOf(file) || join(root, file),
    }));
    const begin = (file: string): Begun => {
      const name = shown(join(root, file));
      const target = { folder: dirname(name), file: name, root: bounds, allowed };
      return builtOrListed({ ...target, isUnrestricted }, shown, host);
    };
    // A base is mostly part of what uses it.
    const isSure = ({ file, place }: (typeof placed)[number]): boolean =>
      !this.covered.has(place) && !survey.bases.includes(file);
    const begun = new Map(placed.filter(isSure).map(({ file }) => [file, begin(file)]));
    for (const { file, place } of placed) {
      if (this.covered.has(place)) continue;
      const found = (begun.get(file) ?? begin(file))();
      const beginning = { folder: folderOf(file), how: 'kustomization' };
      this.add({ ...beginning, file: relative(root, place) }, found);
    }
  }

  /** A unit that nothing applies, and what its deployment objects apply. */
  private add(beginning: Beginning, sources: readonly ManifestSource[]): void {
    if (sources.length === 0) return;
    this.push({ ...this.ofNobody(beginning), ...this.sources.ofNobody(sources) });
  }

  private push(given: Unit): void {
    const { by, sync } = given;
    const from = { ...(by && { by }), ...(sync !== undefined && { sync }) };
    const own = given.sources.map(source => this.withFiles(source));
    const unit = { ...given, sources: own.map(source => ({ ...source, ...from })) };
    this.units.push(unit);
    for (const source of unit.sources) {
      for (const place of source.places ?? []) this.covered.add(place);
      this.known.add(source.items);
    }
    const items = [...unit.sources, ...unit.raw].flatMap(source => source.items);
    const late = new Set(items.filter(item => this.known.isWaiting(item)));
    const inOrder = [...items.filter(item => !late.has(item)), ...late];
    for (const item of inOrder) this.begin(item, unit);
    for (const item of inOrder) this.follow(item, unit);
  }

  /** A source whose objects have the files that they name. */
  private withFiles(source: ObjectSource): ObjectSource {
    const [place = ''] = source.places ?? [];
    const items = source.items.map(item => this.files.given(item, dirname(place)));
    return { ...source, items };
  }

  /** Has the builds begin of what an object has applied, before the first of its neighbours is followed. */
  private begin(item: Item, unit: Unit): void {
    for (const applied of appliedOf(item)) {
      const key = keyOf(applied, unit);
      const folder = this.deployers.folderOf(applied);
      if (folder === undefined || this.begun.has(key) || this.begun.size > MOST_UNITS) continue;
      this.begun.set(key, this.sources.begin(folder, applied));
    }
  }

  /** What an object has applied. */
  private follow(item: Item, above: Unit): void {
    const { tree, cluster, home } = above;
    for (const applied of appliedOf(item)) {
      const key = keyOf(applied, above);
      if (this.applied.has(key) || this.units.length > MOST_UNITS) continue;
      this.applied.add(key);
      const { name = item.name, cluster: own = cluster } = applied;
      const folder = this.deployers.folderOf(applied);
      const id = [above.id, item.kind, item.namespace, name, applied.path].join(' ');
      const place = folder === undefined ? applied.path : relative(this.repository.root, folder);
      const beginning = home === undefined ? {} : { home };
      const sync = syncId(item, name);
      const unit = { id, folder: place, by: item, sync, tree, cluster: own, ...beginning };
      if (folder === undefined) {
        const absent = absentFolder(item, applied, this.repository, this.number());
        this.push({ ...unit, sources: [absent], raw: [] });
        continue;
      }
      const begun = this.begun.has(key) ? this.begun.get(key) : this.sources.begin(folder, applied);
      this.push({ ...unit, ...this.sources.of(folder, applied, item, begun) });
    }
  }
}

/** What tells apart what is applied. */
function keyOf({ at: _, name: __, open: ___, ...rest }: Applied, { tree, cluster }: Unit): string {
  return JSON.stringify([tree, rest.cluster ?? cluster, rest]);
}

function isFree({ isUnrestricted }: Applied): boolean {
  return isUnrestricted;
}
