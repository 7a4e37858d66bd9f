import { basename, dirname, join, relative } from 'node:path';
import { groupBy, isSame, sortBy } from '../core/json.ts';
import { onceFor } from '../core/once.ts';
import { placesFor } from '../environments/places.ts';
import { addedObjects, declaredOutside, sharedClusterOf } from '../environments/sets.ts';
import { objectIdentity } from '../kinds/kind.ts';
import { wholeUnits } from '../spec/pipeline.ts';
import type { SpecObject } from '../spec/spec.ts';
import { GENERATED, renderTree } from '../spec/tree.ts';
import { isKustomization, listingOf } from '../world/folders.ts';
import { isBelow, LEADS_OUT } from '../world/inside.ts';
import { type ManifestSet, nothingOutside, type ObjectSet } from '../world/object-set.ts';
import type { FieldPlace } from '../world/places.ts';
import type { ManifestSource, ObjectSource } from '../world/source.ts';
import type { Unit, World } from '../world/world.ts';
import { isError } from './compared-units.ts';
import { AS_MADE, type Both } from './diff.ts';
import { comparedSides, type IsSelected, worldSides } from './pair.ts';
import type { BrokenSide } from './review.ts';
import type { ComparableSides, Pair, Side, SideOptions, SidePlace, SideSpec } from './side.ts';
import { causeIn, madeTree, refusedSpec, sourcesOf, specAt, type WorldSide } from './side.ts';

/** Reads sides with a spec: what overlays build, what the spec of head makes if its tree is not that, and what is beside it. */
export async function environmentSides(
  base: SidePlace,
  head: SidePlace,
  options: SideOptions,
): Promise<ComparableSides> {
  const before = await readSide(base, options);
  const after = await readSide(head, options);
  const built = specSides({ base: before, head: after });
  const { place, findings } = madeTree(head, 'Both are compared');
  const made = place && (await readSide(place, options));
  const sides = made === undefined ? built : withMade(built, madeSides(before, after, made));
  const files = { base: filesBeside(before, built.base), head: filesBeside(after, built.head) };
  const isSpecSame = sides.pairs.every(pair => isSame(jsonOf([pair.base]), jsonOf([pair.head])));
  const selected = besideOf(files, isSpecSame);
  if (selected === undefined) return { ...sides, stale: findings };
  const besideSpec = await worldSides(base, head, options, selected);
  return { ...withBeside(sides, besideSpec), stale: findings };
}

function specSides(sides: Both<SpecSide>, ending = ''): ComparableSides {
  const pairs = clustersOf(sides).map(({ name, folders }) => ({
    name: name + ending,
    base: worldOf(sides.base, folders),
    head: worldOf(sides.head, folders),
  }));
  const compared = comparedSides(sides, {
    pairs,
    nameOf: ({ folder }) => folder + ending,
    setOf: (world, side) => setOf(world, sides[side].spec),
  });
  return {
    ...compared,
    base: withSpec(compared.base, sides.base, sides.head.spec),
    head: withSpec(compared.head, sides.head, sides.base.spec),
  };
}

function clustersOf({ base, head }: Both<SpecSide>) {
  const sides = [base, head].map(({ units, spec }) => ({ spec, units: unitsByFolder(units) }));
  const all = [...new Set(sides.flatMap(({ units }) => [...units.keys()]))].sort();
  const clusterOf = (folder: string): string | undefined => {
    const [first, ...others] = sides
      .filter(({ units }) => units.has(folder))
      .map(({ spec }) => spec && sharedClusterOf(spec.spec, folder));
    return others.every(name => name === first) ? first : undefined;
  };
  const compared = [...groupBy(all, clusterOf)].flatMap(([name, folders]) => {
    const isDistinct = sides.every(({ units }) => {
      const sources = folders.flatMap(folder => units.get(folder)?.sources ?? []);
      const ids = sources.flatMap(({ objects }) => objects.map(objectIdentity));
      return new Set(ids).size === ids.length;
    });
    return name !== undefined && isDistinct
      ? [{ name, folders: new Set(folders) }]
      : folders.map(folder => ({ name: folder, folders: new Set([folder]) }));
  });
  return sortBy(compared, ({ folders }) => [...folders][0] ?? '');
}

function unitsByFolder(units: readonly Unit[]): ReadonlyMap<string, Unit> {
  return new Map(units.map(unit => [unit.folder, unit]));
}

function worldOf({ units, spec }: SpecSide, folders: ReadonlySet<string>): World {
  const members = units.filter(({ folder }) => folders.has(folder));
  const clusters = new Set(members.map(({ folder }) => spec && sharedClusterOf(spec.spec, folder)));
  const isNear = ({ folder }: Unit): boolean => {
    if (folders.has(folder) || members.length === 0) return false;
    if (spec === undefined || /^(argocd|flux)(\/|$)/.test(folder)) return true;
    const cluster = sharedClusterOf(spec.spec, folder);
    return cluster !== undefined && clusters.has(cluster);
  };
  return { units: members, others: units.filter(isNear), isApart: false };
}

function setOf({ units, others }: World, spec: SideSpec | undefined): ManifestSet {
  const folders = units.map(({ folder }) => folder);
  return {
    sources: units.flatMap(({ sources }) => sources),
    context: others.flatMap(({ sources }) => sources),
    outside: spec === undefined ? nothingOutside : declaredOutside(spec.spec, ...folders),
  };
}

function withSpec(side: Side, specSide: SpecSide, otherSpec: SideSpec | undefined): Side {
  const { spec, skipped } = specSide;
  const files = [...skipped, ...(spec ? [spec.source, ...(spec.source.parts ?? [])] : [])];
  return {
    ...side,
    hasOtherFiles: () => false,
    fileOf: name => side.fileOf(name) && (spec?.source.file ?? side.fileOf(name)),
    placeOf: placesOf(specSide, otherSpec?.spec),
    files: new Set([...side.files, ...files.map(({ file }) => file)]),
    notices: [...skipped.flatMap(({ findings }) => findings), ...side.notices],
  };
}

function madeSides(base: SpecSide, after: SpecSide, made: SpecSide): ComparableSides {
  const [built, ofSpec] = [unitsByFolder(after.units), unitsByFolder(made.units)];
  const isOther = (folder: string): boolean => {
    const [was = [], is = []] = [built, ofSpec].map(units => units.get(folder)?.sources);
    return is.some(({ findings }) => findings.length > 0) || !isSame(jsonOf(was), jsonOf(is));
  };
  const folders = new Set([...built.keys(), ...ofSpec.keys()].filter(isOther));
  const selecting = (side: SpecSide): SpecSide => {
    const selected = side.units.filter(({ folder }) => folders.has(folder));
    const numbers = new Set(selected.flatMap(({ sources }) => sources.map(({ number }) => number)));
    return { ...side, isWanted: ({ number }) => numbers.has(number) };
  };
  return onlySelected(specSides({ base: selecting(base), head: selecting(made) }, AS_MADE));
}

/** Objects in any order: the order of kustomize is not that of the expansion. */
function jsonOf(all: readonly Pick<ObjectSet, 'objects'>[]): unknown {
  const objects = all.flatMap(({ objects }) => objects);
  return sortBy(objects, objectIdentity).map(({ json }) => json);
}

function onlySelected(sides: ComparableSides): ComparableSides {
  const pairs = sides.pairs.map(pair => {
    const selected = [...(pair.units?.values() ?? [])].filter(({ isSelected }) => isSelected);
    const names = new Set(selected.map(({ environment }) => environment));
    return { ...pair, presence: new Map([...pair.presence].filter(([name]) => names.has(name))) };
  });
  const isNamed = ({ presence, failing = [] }: Pair): boolean => presence.size + failing.length > 0;
  return { ...sides, pairs: pairs.filter(isNamed) };
}

function withMade(sides: ComparableSides, made: ComparableSides): ComparableSides {
  const brokenBefore = new Set(sides.broken.map(({ environment }) => environment + AS_MADE));
  const isNew = ({ side, environment }: BrokenSide): boolean =>
    side === 'head' || !brokenBefore.has(environment);
  return {
    ...sides,
    head: { ...sides.head, placeOf: joinedPlaces(sides.head, made.head) },
    pairs: [...sides.pairs, ...made.pairs],
    broken: [...sides.broken, ...made.broken.filter(isNew)],
  };
}

function withBeside(sides: ComparableSides, all: ComparableSides): ComparableSides {
  const selected = onlySelected(all);
  const joined = (side: Side, more: Side): Side => {
    return {
      ...side,
      isEmpty: side.isEmpty && more.isEmpty,
      placeOf: joinedPlaces(side, more),
      files: new Set([...side.files, ...more.files]),
      fileOf: environment => side.fileOf(environment) ?? more.fileOf(environment),
      otherFiles: new Map([...side.otherFiles, ...more.otherFiles]),
      notRead: [...side.notRead, ...more.notRead],
      notices: [...side.notices, ...more.notices],
    };
  };
  return {
    base: joined(sides.base, selected.base),
    head: joined(sides.head, selected.head),
    builds: [...(sides.builds ?? []), ...(all.builds ?? [])],
    pairs: [...sides.pairs, ...selected.pairs],
    broken: [...sides.broken, ...selected.broken],
  };
}

/** No two sources have the same number, so only one of the two sides finds the place of an object. */
function joinedPlaces(side: Side, more: Side): FieldPlace {
  return (object, path) => side.placeOf(object, path) ?? more.placeOf(object, path);
}

function besideOf(files: Both<Files>, isSpecSame: boolean): Both<IsSelected> | undefined {
  const all = [...new Set([...files.base.names, ...files.head.names])].filter(
    name => !files.base.used.has(name) && !files.head.used.has(name),
  );
  const changed = all.filter(name => !isSameFile(name, files.base, files.head));
  if (changed.length === 0 && (isSpecSame || all.length === 0)) return undefined;
  // Sources of changed files; if the spec changes, also all others that could be read.
  const selectedIn = ({ placeOf }: Files): IsSelected => {
    const isChanged = isOfAny(changed.map(placeOf));
    const isBeside = isOfAny((isSpecSame ? changed : all).map(placeOf));
    return source => isChanged(source) || (isBeside(source) && !source.findings.some(isError));
  };
  return { base: selectedIn(files.base), head: selectedIn(files.head) };
}

type Files = ReturnType<typeof filesBeside>;

/** Files in excluded folders count too: an applier may apply them all the same. */
function filesBeside({ place, units, spec: read }: SpecSide, side: Side) {
  const { path, file: spec } = place;
  const { whole: host = place.host } = place.host;
  const none = { place, names: new Set<string>(), used: new Set<string>() };
  if (host.kindOf(path) !== 'folder') return { ...none, placeOf: (name: string) => name };
  const root = host.realPath(path) ?? path;
  const { files: listed, unread, placeOf, hiddenAt } = listingOf(root, host);
  // An applier may name a hidden folder; packages of Node are too many.
  const hidden = hiddenAt(root).filter(name => !/(^|\/)node_modules\//.test(name));
  const files = [...listed, ...hidden];
  const unplaced = new Set(hidden);
  const refused = unread.filter(({ reason }) => reason !== LEADS_OUT);
  const unreadable = new Set(refused.map(({ file }) => file));
  const built = files.filter(name => CHART.test(name) || isKustomization(basename(name)));
  const builtFolders = new Set(built.map(name => dirname(name)));
  const isRead = (name: string): boolean => MANIFEST.test(name) || isBelowAny(name, builtFolders);
  const expansion = read?.expansion().value;
  const tree = onceFor(
    () => expansion && renderTree(expansion, addedObjects(expansion, host.below(path))),
  );
  const isMade = (name: string): boolean =>
    MADE.test(name) &&
    new TextDecoder().decode(bytesOf(name, place)).startsWith(GENERATED) &&
    tree()?.has(name) !== false;
  const names = [
    ...files.filter(name => isRead(name) && !isMade(name)),
    ...[...unreadable].filter(name => !MADE.test(name)),
  ].filter(name => name !== spec && !SETTINGS.test(name));
  const placeIn = (name: string): string =>
    unreadable.has(name) || unplaced.has(name) ? join(root, name) : placeOf(name);
  const sources = units.flatMap(unit => unit.sources);
  const places = new Set([
    ...sources.flatMap(source => source.places ?? []),
    ...[...side.files].map(name => host.realPath(name) ?? name),
  ]);
  return {
    place,
    names: new Set(names),
    placeOf: placeIn,
    used: new Set(names.filter(name => places.has(placeIn(name)))),
  };
}

const MANIFEST = /\.(ya?ml|json)$/;

const SETTINGS = /^\.rem-secrets-(lint|review)\.yaml$/;

const CHART = /(^|\/)Chart\.yaml$/;

const MADE = /^(argocd|base|components|flux|iam|overlays|runbook)\//;

function isBelowAny(name: string, folders: ReadonlySet<string>): boolean {
  for (let folder = dirname(name); folder !== '.'; folder = dirname(folder))
    if (folders.has(folder)) return true;
  return false;
}

function isSameFile(name: string, base: Files, head: Files): boolean {
  if (!base.names.has(name) || !head.names.has(name)) return false;
  const [before, after] = [bytesOf(name, base.place), bytesOf(name, head.place)];
  return before !== undefined && after !== undefined && Buffer.compare(before, after) === 0;
}

/** Undefined: the file cannot be read. Empty if it is larger than any manifest. */
function bytesOf(name: string, { path, host }: SidePlace): Uint8Array | undefined {
  const file = join(path, name);
  try {
    return host.sizeOf(file) > MOST_BYTES ? new Uint8Array() : host.readFile(file);
  } catch {
    return undefined;
  }
}

const MOST_BYTES = 20 * 1024 * 1024;

function isOfAny(files: readonly string[]): IsSelected {
  const all = new Set(files);
  return ({ places = [], contents }: ObjectSource) =>
    places.some(place => all.has(place)) ||
    (contents !== undefined && places.some(folder => files.some(file => isBelow(folder, file))));
}

interface SpecSide extends WorldSide {
  readonly spec?: SideSpec;
  readonly skipped: readonly ManifestSource[];
}

async function readSide(place: SidePlace, options: SideOptions): Promise<SpecSide> {
  const { path, host } = place;
  const sources = await sourcesOf(place, options);
  const { spec } = specAt(place);
  // A skipped file has warnings only.
  const isWhole = ({ text, findings }: ObjectSource): boolean =>
    text !== undefined || findings.some(isError);
  const folders = groupBy(sources.filter(isWhole), ({ isBuilt, text, name }) =>
    isBuilt || text === undefined ? relative(path, name).replace(/^overlays\//, '') : '',
  );
  const units = [...folders].map(([folder, sources], tree) => {
    return { id: JSON.stringify(folder), folder, sources, raw: [], tree, cluster: '' };
  });
  return {
    place,
    root: host.realPath(path) ?? path,
    scope: '',
    units,
    isWanted: () => true,
    skipped: [...sources.filter(source => !isWhole(source)), ...refusedSpec(place)],
    ...(spec !== undefined && { spec }),
  };
}

/** Whether a side has no manifests that an environment could be made of. */
export async function hasNoEnvironments(place: SidePlace, options: SideOptions): Promise<boolean> {
  const { units } = await readSide(place, options);
  return units.every(({ sources }) =>
    sources.every(({ objects, findings }) => objects.length === 0 && findings.length === 0),
  );
}

function placesOf({ units, spec, place }: SpecSide, otherSpec: SpecObject | undefined): FieldPlace {
  const { host } = place;
  const places = onceFor(() => {
    const { value } = spec?.expansion() ?? {};
    const made = value === undefined ? [] : wholeUnits(value);
    const sets = units.map(({ folder, sources }) => {
      const unit = made.find(({ name }) => name === folder);
      return { sources, context: [], ...(unit !== undefined && { unit }) };
    });
    return placesFor(sets, host, spec, spec && (field => causeIn(spec.spec, field, otherSpec)));
  });
  return (object, path) => places()(object, path);
}
