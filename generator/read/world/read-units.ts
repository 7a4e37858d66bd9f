import { dirname, join } from 'node:path';
import { groupBy } from '../../ground/group-by.ts';
import { mapAt } from '../../ground/json.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { configMap } from '../../kinds/core/config-map.ts';
import type { Applied, Unknown } from '../../kinds/deployment-ends.ts';
import { calledOf, type Item } from '../../kinds/kind.ts';
import { buildKustomization } from '../kustomize/build.ts';
import { type ManifestSource, readFound } from '../manifest-source.ts';
import { isManifest, unreadSource } from '../read-manifests.ts';
import { type ObjectSource, parseSource } from '../sets/parse-source.ts';
import { folderOf } from '../survey.ts';
import { unlistedManifest } from '../unlisted.ts';
import { sourcesOfFolder } from './applied-folder.ts';
import { appliedOf, localFolder, rawDeployers } from './deployers.ts';
import { rawSources } from './raw-sources.ts';
import type { Repository } from './repository.ts';
import { substituted, type Variables, variablesOf } from './substitute.ts';
import type { Unit } from './unit.ts';

/** More units than anybody has; what makes itself has no end. */
const MOST_UNITS = 2_000;

/** Gives each source its number. */
export type Numbers = () => number;

/**
 * The units of a repository: what its deployment objects apply, to any depth, and what nothing
 * applies. `number` gives sources their numbers.
 */
export function readUnits(repository: Repository, number: Numbers): Unit[] {
  const reader = new UnitReader(repository, number);
  reader.readAll();
  return reader.units;
}

class UnitReader {
  readonly units: Unit[] = [];
  /** The files that a unit is made from, by their places. */
  private readonly covered = new Set<string>();
  private readonly applied = new Set<string>();
  private readonly configMaps = new Map<string, Item>();
  private readonly repository: Repository;
  private readonly number: Numbers;
  private trees = 0;

  constructor(repository: Repository, number: Numbers) {
    this.repository = repository;
    this.number = number;
  }

  /** First what lies in nothing that is applied, then what applies itself, then what is left. */
  readAll(): void {
    const deployers = rawDeployers(this.repository);
    const folders = deployers
      .flatMap(({ item }) => appliedOf(item))
      .flatMap(applied => localFolder(applied, this.repository) ?? []);
    const isApplied = (place: string): boolean =>
      folders.some(folder => place === folder || place.startsWith(`${folder}/`));
    this.roots(place => !isApplied(place));
    for (const { place, item } of deployers)
      if (!this.covered.has(place)) this.follow(item, { tree: this.trees++, cluster: '' });
    this.roots(() => true, true);
    this.unlisted();
    this.skipped();
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
      this.push({ sources: [source], raw: [], tree: this.trees++, cluster: '' });
    }
  }

  /** What cannot be read. */
  private skipped(): void {
    const { root, survey, shown } = this.repository;
    const isAll = this.units.length === 0;
    for (const { file, reason } of survey.listing.unread) {
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
      this.add([buildKustomization(target, host)]);
    }
  }

  /** A unit that nothing applies, and what its deployment objects apply. */
  private add(sources: readonly ManifestSource[]): void {
    if (sources.length === 0) return;
    const parsed = sources.map(source =>
      parseSource(source, this.number(), this.repository.namespace),
    );
    this.push({ sources: parsed, raw: this.rawOf(parsed), tree: this.trees++, cluster: '' });
  }

  private push(unit: Unit): void {
    this.units.push(unit);
    for (const source of unit.sources) {
      for (const place of source.places ?? []) this.covered.add(place);
      for (const item of source.items)
        if (item.known === configMap) this.configMaps.set(`${item.namespace}/${item.name}`, item);
    }
    const all = [...unit.sources, ...unit.raw];
    for (const item of all.flatMap(({ items }) => items)) this.follow(item, unit);
  }

  /** What an object has applied. */
  private follow(item: Item, { tree, cluster }: Pick<Unit, 'tree' | 'cluster'>): void {
    for (const applied of appliedOf(item)) {
      const own = applied.cluster ?? cluster;
      const { at: _, ...rest } = applied;
      const id = JSON.stringify([tree, own, rest]);
      if (this.applied.has(id) || this.units.length > MOST_UNITS) continue;
      this.applied.add(id);
      const folder = localFolder(applied, this.repository);
      const unit = { by: item, tree, cluster: own };
      if (folder === undefined)
        this.push({ ...unit, sources: [this.unseen(item, applied)], raw: [] });
      else this.push({ ...unit, ...this.read(folder, applied, item) });
    }
  }

  private read(folder: string, applied: Applied, by: Item): Pick<Unit, 'sources' | 'raw'> {
    const { substitute } = applied;
    const variables = substitute && this.variables(substitute, by);
    const sources = sourcesOfFolder(folder, applied, this.repository).map(source =>
      placed(this.parsed(source, variables), applied),
    );
    return { sources, raw: this.rawOf(sources).map(source => placed(source, applied)) };
  }

  private parsed(source: ManifestSource, variables: Variables | undefined): ObjectSource {
    const { text } = source;
    const { namespace } = this.repository;
    const places = source.places ?? this.placesOf(source);
    if (variables === undefined || text === undefined)
      return parseSource({ ...source, places }, this.number(), namespace);
    const filled = { ...source, places, text: substituted(text, variables) };
    // It is shown as it is written.
    return { ...parseSource(filled, this.number(), namespace), text };
  }

  private placesOf({ file }: ManifestSource): string[] {
    const place = this.repository.host.realPath(file);
    return place === undefined ? [] : [place];
  }

  private variables({ values, from }: NonNullable<Applied['substitute']>, by: Item): Variables {
    const maps = from.map(({ kind, name }) =>
      kind === configMap.kind ? this.configMaps.get(`${by.namespace}/${name}`) : undefined,
    );
    const known = maps.flatMap(map => (map === undefined ? [] : [map.object]));
    const data = known.map(object => mapAt(object, 'data'));
    return variablesOf(
      [...data, values],
      maps.every(map => map !== undefined),
    );
  }

  private rawOf(sources: readonly ObjectSource[]): ObjectSource[] {
    return sources.flatMap(source => rawSources(source, this.repository, this.number));
  }

  /** What a deployment object applies, and is not here. */
  private unseen(item: Item, { path, namespace }: Applied): ObjectSource {
    const what = `the ${calledOf(item)} "${item.name}", whose folder "${path}" is not in the repository`;
    const unknown: Unknown = {
      what,
      ...(namespace !== undefined && !isUnresolved(namespace) && { namespace }),
    };
    const name = `${item.kind} ${item.name}`;
    const source = {
      name,
      file: '',
      isBuilt: false,
      findings: [],
      unknowns: [unknown],
      places: [],
    };
    return { ...source, number: this.number(), items: [], strangers: 0 };
  }
}

/** A deployer gives its namespace to objects that have none, or to all. */
function placed(source: ObjectSource, { namespace, isForced = false }: Applied): ObjectSource {
  if (namespace === undefined) return source;
  const items = source.items.map(item =>
    item.known?.isOfCluster === true || (item.namespace !== '' && !isForced)
      ? item
      : { ...item, namespace },
  );
  return { ...source, items };
}
