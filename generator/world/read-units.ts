import { dirname, join, relative } from 'node:path';
import { groupBy } from '../core/json.ts';
import type { AppliedFolder } from '../kinds/deployment-ends.ts';
import { appliedOf, rawDeployers } from './appliers.ts';
import { type Begun, builtOrListed } from './kustomize/build.ts';
import { isManifest, unreadSource } from './read-manifests.ts';
import type { Repository } from './repository.ts';
import { parseSource, readFound } from './source.ts';
import { folderOf, unlistedManifest } from './survey.ts';
import { type Numbers, UNREAD, type Unit } from './unit.ts';
import { GrowingUnits, templateSources } from './units.ts';

/**
 * The units of a repository: what its deployment objects apply, to any depth, and what nothing
 * applies. `number` gives sources their numbers, and `tree` trees theirs.
 */
export function readUnits(repository: Repository, number: Numbers, tree: Numbers): Unit[] {
  const reader = new UnitReader(repository, number, tree);
  reader.readAll();
  return reader.found.units;
}

/** Finds where the units of a repository begin. */
class UnitReader {
  readonly found: GrowingUnits;
  private readonly repository: Repository;
  private readonly number: Numbers;
  private readonly deployers: ReturnType<typeof rawDeployers>;

  constructor(repository: Repository, number: Numbers, tree: Numbers) {
    this.repository = repository;
    this.number = number;
    this.deployers = rawDeployers(repository);
    this.found = new GrowingUnits(repository, this.deployers, { number, tree });
  }

  /** First what lies in nothing that is applied, then what applies itself, then what is left. */
  readAll(): void {
    const { all } = this.deployers;
    const folders = all
      .flatMap(({ object }) => appliedOf(object))
      .flatMap(applied => this.deployers.folderOf(applied) ?? []);
    const isApplied = (place: string): boolean =>
      folders.some(folder => place === folder || place.startsWith(`${folder}/`));
    this.roots(place => !isApplied(place));
    for (const { place, object } of all)
      if (!this.found.isCovered(place))
        this.found.followAlone(object, relative(this.repository.root, place));
    this.roots(() => true, true);
    this.unlisted();
    if (this.found.units.length === 0) this.kustomizations(this.repository.survey.components);
    this.skipped();
    this.found.addBeside('files', this.found.files.sources);
    this.found.addBeside('templates', templateSources(this.repository, this.number));
  }

  /** What a kustomization leaves out by mistake, it seems: it is said, and no part of the world. */
  private unlisted(): void {
    const { root, survey, shown, namespace, host } = this.repository;
    for (const file of survey.unlisted) {
      const place = survey.listing.placeOf(file) || join(root, file);
      if (this.found.isCovered(place)) continue;
      const read = readFound(shown(join(root, file)), host);
      const told = unlistedManifest(parseSource(read, -1, namespace), host);
      if (told === undefined) continue;
      const source = parseSource({ ...told, places: [place] }, this.number(), namespace);
      this.found.addParsed({ folder: file, how: 'unlisted' }, source);
    }
  }

  /** What cannot be read. */
  private skipped(): void {
    const { root, survey, shown } = this.repository;
    const isAll = this.found.units.length === 0;
    for (const { file, reason } of survey.unread) {
      const place = join(root, file);
      this.found.add({ folder: file, how: UNREAD }, [
        { ...unreadSource(shown(place), reason, isAll), places: [place] },
      ]);
    }
  }

  /** What is no part of a unit yet. */
  private roots(isWanted: (place: string) => boolean, isLast = false): void {
    const { root, survey, shown, host } = this.repository;
    const place = (file: string): string => survey.listing.placeOf(file) || join(root, file);
    const loose = survey.loose.filter(
      file => isWanted(place(file)) && !this.found.isCovered(place(file)),
    );
    for (const [folder, files] of groupBy(loose, folderOf))
      this.found.add(
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
    const isUnrestricted =
      all.length > 0 && all.every(({ object }) => appliedOf(object).every(isFree));
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
      !this.found.isCovered(place) && !survey.bases.includes(file);
    const begun = new Map(placed.filter(isSure).map(({ file }) => [file, begin(file)]));
    for (const { file, place } of placed) {
      if (this.found.isCovered(place)) continue;
      const found = (begun.get(file) ?? begin(file))();
      const beginning = { folder: folderOf(file), how: 'kustomization' };
      this.found.add({ ...beginning, file: relative(root, place) }, found);
    }
  }
}

function isFree({ isUnrestricted }: AppliedFolder): boolean {
  return isUnrestricted;
}
