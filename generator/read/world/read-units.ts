import { dirname, join } from 'node:path';
import { groupBy } from '../../ground/group-by.ts';
import type { Applied } from '../../kinds/deployment-ends.ts';
import type { Item } from '../../kinds/kind.ts';
import { builtOrListed } from '../kustomize/plain-list.ts';
import { type ManifestSource, readFound } from '../manifest-source.ts';
import { isManifest, unreadSource } from '../read-manifests.ts';
import { type ObjectSource, parseSource } from '../sets/parse-source.ts';
import { folderOf } from '../survey.ts';
import { unlistedManifest } from '../unlisted.ts';
import { sourcesOfFolder } from './applied-folder.ts';
import { appliedOf, rawDeployers } from './deployers.ts';
import { KnownVariables } from './known-variables.ts';
import { NamedFiles } from './named-files.ts';
import { placed } from './placed.ts';
import { rawSources } from './raw-sources.ts';
import type { Repository } from './repository.ts';
import { filledIn, type Variables } from './substitute.ts';
import type { Numbers, Unit } from './unit.ts';
import { absentFolder, unmadeChart } from './unseen-sources.ts';

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

class UnitReader {
  readonly units: Unit[] = [];
  /** The files that a unit is made from, by their places. */
  private readonly covered = new Set<string>();
  private readonly applied = new Set<string>();
  private readonly known = new KnownVariables();
  private readonly repository: Repository;
  private readonly number: Numbers;
  private readonly files: NamedFiles;
  private readonly deployers: ReturnType<typeof rawDeployers>;
  private readonly tree: Numbers;

  constructor(repository: Repository, number: Numbers, tree: Numbers) {
    this.repository = repository;
    this.number = number;
    this.tree = tree;
    this.files = new NamedFiles(repository, number);
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
      if (!this.covered.has(place)) this.follow(item, { tree: this.tree(), cluster: '' });
    this.roots(() => true, true);
    this.unlisted();
    this.skipped();
    const { sources } = this.files;
    if (sources.length > 0)
      this.units.push({ sources: [], raw: sources, tree: this.tree(), cluster: '' });
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
      this.push({ sources: [source], raw: [], tree: this.tree(), cluster: '' });
    }
  }

  /** What cannot be read. */
  private skipped(): void {
    const { root, survey, shown } = this.repository;
    const isAll = this.units.length === 0;
    for (const { file, reason } of survey.unread) {
      const place = join(root, file);
      this.add([{ ...unreadSource(shown(place), reason, isAll), places: [place] }]);
    }
  }

  /** What is no part of a unit yet. */
  private roots(isWanted: (place: string) => boolean, isLast = false): void {
    const { root, bounds, survey, shown, allowed, host } = this.repository;
    const place = (file: string): string => survey.listing.placeOf(file) || join(root, file);
    const loose = survey.loose.filter(
      file => isWanted(place(file)) && !this.covered.has(place(file)),
    );
    for (const files of groupBy(loose, folderOf).values())
      this.add(
        files
          .map(file => ({ ...readFound(shown(join(root, file)), host), places: [place(file)] }))
          .filter(isManifest),
      );
    const tops = isLast ? [...survey.tops, ...survey.bases] : survey.tops;
    for (const file of tops.filter(name => isWanted(place(name)))) {
      if (this.covered.has(place(file))) continue;
      const name = shown(join(root, file));
      const target = { folder: dirname(name), file: name, root: bounds, allowed };
      this.add(builtOrListed(target, shown, host));
    }
  }

  /** A unit that nothing applies, and what its deployment objects apply. */
  private add(sources: readonly ManifestSource[]): void {
    if (sources.length === 0) return;
    const { namespace } = this.repository;
    const parsed = sources.map(source => orForeign(parseSource(source, this.number(), namespace)));
    this.push({
      sources: parsed.flatMap(source => this.withCharts(source)),
      raw: this.rawOf(parsed),
      tree: this.tree(),
      cluster: '',
    });
  }

  private push(given: Unit): void {
    const { by } = given;
    const own = given.sources.map(source => this.withFiles(source));
    const unit = { ...given, sources: own.map(source => ({ ...source, ...(by && { by }) })) };
    this.units.push(unit);
    for (const source of unit.sources) {
      for (const place of source.places ?? []) this.covered.add(place);
      this.known.add(source.items);
    }
    const items = [...unit.sources, ...unit.raw].flatMap(source => source.items);
    const late = new Set(items.filter(item => this.known.isWaiting(item)));
    for (const item of items) if (!late.has(item)) this.follow(item, unit);
    for (const item of late) this.follow(item, unit);
  }

  /** A source whose objects have the files that they name. */
  private withFiles(source: ObjectSource): ObjectSource {
    const [place = ''] = source.places ?? [];
    const items = source.items.map(item => this.files.given(item, dirname(place)));
    return { ...source, items };
  }

  /** What stands for a text of manifests: the charts of a kustomization have sources of their own. */
  private withCharts(source: ObjectSource): ObjectSource[] {
    const { charted = [], unknowns = [] } = source;
    return [
      { ...source, unknowns: unknowns.filter(({ isChart }) => isChart !== true) },
      ...charted.flatMap(file => this.files.charted(file)),
    ];
  }

  /** What an object has applied. */
  private follow(item: Item, { tree, cluster }: Pick<Unit, 'tree' | 'cluster'>): void {
    for (const applied of appliedOf(item)) {
      const own = applied.cluster ?? cluster;
      const { at: _, ...rest } = applied;
      const id = JSON.stringify([tree, own, rest]);
      if (this.applied.has(id) || this.units.length > MOST_UNITS) continue;
      this.applied.add(id);
      const folder = this.deployers.folderOf(applied);
      const unit = { by: item, tree, cluster: own };
      if (folder === undefined) {
        const absent = absentFolder(item, applied, this.repository, this.number());
        this.push({ ...unit, sources: [absent], raw: [] });
      } else this.push({ ...unit, ...this.read(folder, applied, item) });
    }
  }

  private read(folder: string, applied: Applied, by: Item): Pick<Unit, 'sources' | 'raw'> {
    const { host, shown } = this.repository;
    if (host.exists(join(folder, 'Chart.yaml')))
      return { sources: [unmadeChart(shown(folder), applied, this.number())], raw: [] };
    const { substitute } = applied;
    const variables = substitute && this.known.of(substitute, by);
    const sources = sourcesOfFolder(folder, applied, this.repository)
      .flatMap(source => this.withCharts(this.parsed(source, variables)))
      .map(source => placed(source, applied));
    return { sources, raw: this.rawOf(sources).map(source => placed(source, applied)) };
  }

  private parsed(source: ManifestSource, variables: Variables | undefined): ObjectSource {
    const { text } = source;
    const { namespace } = this.repository;
    const places = source.places ?? this.placesOf(source);
    const written = parseSource({ ...source, places }, this.number(), namespace);
    if (variables === undefined || text?.includes('${') !== true || written.findings.length > 0)
      return written;
    const filled = { ...source, places, text: filledIn({ ...written, text }, variables) };
    // It is shown as it is written.
    return { ...parseSource(filled, written.number, namespace), text };
  }

  private placesOf({ file }: ManifestSource): string[] {
    const place = this.repository.host.realPath(file);
    return place === undefined ? [] : [place];
  }

  private rawOf(sources: readonly ObjectSource[]): ObjectSource[] {
    return sources.flatMap(source => rawSources(source, this.repository, this.number));
  }
}

/** YAML that cannot be read and has no object is another program's, which may know its tags. */
function orForeign(source: ObjectSource): ObjectSource {
  const isBroken = source.text !== undefined && source.findings.length > 0;
  if (!isBroken || source.isBuilt || source.text.includes('apiVersion')) return source;
  return { ...source, findings: [], strangers: 1 };
}
