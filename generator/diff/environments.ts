import { basename, dirname, join } from 'node:path';
import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { isSame, sortBy } from '../core/json.ts';
import { onceFor } from '../core/once.ts';
import { placesFor } from '../environments/places.ts';
import { areTogether, declaredOutside } from '../environments/sets.ts';
import { objectIdentity } from '../graph/graph.ts';
import type { SpecObject } from '../spec/spec.ts';
import { GENERATED } from '../spec/tree-files.ts';
import { isKustomization, listingOf } from '../world/folders.ts';
import { isBelow, LEADS_OUT } from '../world/inside.ts';
import {
  type ManifestSet,
  nothingOutside,
  type ObjectSet,
  objectsOf,
} from '../world/object-set.ts';
import type { FieldPlace } from '../world/places.ts';
import type { ObjectSource } from '../world/source.ts';
import { type ParseStream, sharedDocuments } from '../yaml/parse.ts';
import type { Both, FailingUnit, SideName } from './comparison.ts';
import { AS_MADE } from './comparison.ts';
import {
  asBroken,
  type Fate,
  fateNotices,
  isError,
  leftOutChange,
  leftOutOf,
  movedFinding,
} from './fates.ts';
import { type IsSelected, worldSides } from './pair.ts';
import type { BrokenSide } from './review.ts';
import type { ComparableSides, Pair, Side, SideOptions, SidePlace } from './side.ts';
import {
  causeIn,
  isWhole,
  madeTree,
  partsOf,
  refusedSpec,
  type SideSpec,
  sourcesOf,
  specAt,
  unitsOf,
} from './side-spec.ts';

/**
 * Reads sides of which at least one has a spec, environment by environment. Three things are compared:
 * what the overlays of both sides build; what the spec of head makes, where its tree is not that; and what
 * changes in files beside the spec.
 */
export async function environmentSides(
  base: SidePlace,
  head: SidePlace,
  options: SideOptions,
): Promise<ComparableSides> {
  const built = await sidesAt(base, head, options);
  const { place, findings } = madeTree(head, 'Both are compared');
  const sides = place === undefined ? built : withMade(built, await sidesAt(base, place, options));
  const beside = await besideSides(
    { place: base, side: built.base },
    { place: head, side: built.head },
    options,
    sides.pairs.every(areSame),
  );
  return { ...(beside === undefined ? sides : withBeside(sides, beside)), stale: findings };
}

async function sidesAt(base: SidePlace, head: SidePlace, options: SideOptions) {
  const parse = sharedDocuments();
  const sides = {
    base: await readSide(base, options, parse),
    head: await readSide(head, options, parse),
  };
  const all = new Set([...sides.base.environments.keys(), ...sides.head.environments.keys()]);
  const names = [...all].sort();
  const pairs: Pair[] = [];
  const broken: BrokenSide[] = [];
  const fates: (readonly [string, Fate])[] = [];
  for (const name of names) {
    const fate = fateIn(name, sides);
    const faults = fate === undefined ? brokenIn(name, sides) : [];
    if (fate !== undefined) fates.push([name, fate]);
    else if (faults.length === 0) pairs.push(pairOf(name, sides));
    if (fate === 'build broken')
      pairs.push({
        name,
        presence: new Map([[name, 'broken']]),
        failing: [failingIn(name, sides)],
      });
    broken.push(...faults);
  }
  const moved = names.flatMap(name => movedIn(name, sides));
  const after = {
    ...sides.head,
    notices: [...sides.head.notices, ...moved, ...fateNotices(fates)],
  };
  return { base: sides.base, head: after, pairs, broken };
}

/** That an environment takes another state of what is on a server. */
function movedIn(name: string, { base, head }: Both<EnvironmentSide>): Finding[] {
  const [before, after] = [base.environments.get(name), head.environments.get(name)];
  if (before === undefined || after === undefined) return [];
  return leftOutChange(after, before).moved.map(addresses => movedFinding(name, addresses));
}

/** What becomes of an environment that its applier cannot build on a side; undefined: the sides are compared. */
function fateIn(name: string, { base, head }: Both<EnvironmentSide>): Fate | undefined {
  const [before, after] = [base.environments.get(name), head.environments.get(name)];
  const [was, is] = [before, after].map(set =>
    (set?.sources ?? []).filter(({ findings }) => findings.length > 0),
  );
  const fails = (sources: readonly ObjectSource[] = []): boolean =>
    sources.length > 0 && sources.every(source => source.fails === true);
  if (fails(is))
    return was?.length === 0 ? 'build broken' : fails(was) ? 'still broken' : undefined;
  return after !== undefined && is?.length === 0 && fails(was) ? 'mended' : undefined;
}

function failingIn(name: string, { base, head }: Both<EnvironmentSide>): FailingUnit {
  const sourcesIn = (side: EnvironmentSide): readonly ObjectSource[] =>
    side.environments.get(name)?.sources ?? [];
  return {
    name,
    findings: sourcesIn(head).flatMap(({ findings }) => findings),
    objects: sourcesIn(base).flatMap(({ objects }) => objects),
  };
}

/** What cannot be read of an environment, or what only one side of it leaves out: that looks added, or removed. */
function brokenIn(name: string, { base, head }: Both<EnvironmentSide>): BrokenSide[] {
  const [before, after] = [base.environments.get(name), head.environments.get(name)];
  const faults = (side: SideName, set: ManifestSet | undefined): BrokenSide[] =>
    (set?.sources ?? []).flatMap(({ findings }) =>
      findings.map(finding => ({ side, environment: name, finding })),
    );
  const found = [...faults('base', before), ...faults('head', after)];
  if (before === undefined || after === undefined) return found;
  return [
    ...found,
    ...leftOutChange(before, after).alone.map(asBroken('base', name)),
    ...leftOutChange(after, before).alone.map(asBroken('head', name)),
  ];
}

function pairOf(name: string, { base, head }: Both<EnvironmentSide>): Pair {
  const [before, after] = [base.environments.get(name), head.environments.get(name)];
  const presence = before === undefined ? 'only head' : after === undefined ? 'only base' : 'both';
  return {
    name,
    presence: new Map([[name, presence]]),
    ...(before !== undefined && { base: objectsOf(before) }),
    ...(after !== undefined && { head: objectsOf(after) }),
  };
}

/** Adds environments as the spec of head makes them, where the tree of head has something else. */
function withMade(sides: ComparableSides, made: ComparableSides): ComparableSides {
  const headSets = new Map(sides.pairs.map(({ name, head }) => [name, head]));
  const pairs = made.pairs
    .filter(({ name, head }) => !areSame({ base: headSets.get(name), head }))
    .map(pair => ({
      ...pair,
      name: pair.name + AS_MADE,
      presence: new Map([...pair.presence].map(([name, where]) => [name + AS_MADE, where])),
    }));
  return {
    ...sides,
    head: { ...sides.head, fieldPlaces: joinedPlaces(sides.head, made.head, pairs) },
    pairs: [...sides.pairs, ...pairs],
    broken: [
      ...sides.broken,
      ...made.broken
        .filter(({ side }) => side === 'head')
        .map(broken => ({ ...broken, environment: broken.environment + AS_MADE })),
    ],
  };
}

/** Whether two sets have the same objects, in any order: the order of kustomize is not that of the expansion. */
function areSame({ base, head }: Partial<Record<SideName, ObjectSet | undefined>>): boolean {
  const objects = (set: ObjectSet | undefined): unknown =>
    set && sortBy(set.objects, objectIdentity).map(({ json }) => json);
  return isSame(objects(base), objects(head));
}

/** Adds what changes beside the spec. Of its units only the selected ones: the others are the environments. */
function withBeside(sides: ComparableSides, beside: ComparableSides): ComparableSides {
  const pairs = beside.pairs.map(pair => {
    const selected = [...(pair.units?.values() ?? [])].filter(({ isSelected }) => isSelected);
    const names = new Set(selected.map(({ environment }) => environment));
    return { ...pair, presence: new Map([...pair.presence].filter(([name]) => names.has(name))) };
  });
  const joined = (name: SideName): Side => {
    const [side, more] = [sides[name], beside[name]];
    return {
      ...side,
      isEmpty: side.isEmpty && more.isEmpty,
      fieldPlaces: joinedPlaces(side, more, pairs),
      files: new Set([...side.files, ...more.files]),
      fileOf: environment => side.fileOf(environment) ?? more.fileOf(environment),
      otherFiles: new Map([...side.otherFiles, ...more.otherFiles]),
      leftOut: [...side.leftOut, ...more.leftOut],
      notices: [...side.notices, ...more.notices],
    };
  };
  return {
    base: joined('base'),
    head: joined('head'),
    pairs: [...sides.pairs, ...pairs],
    broken: [...sides.broken, ...beside.broken],
  };
}

/** Both sides number their sources from 0 on, so only the object tells which of them it is from. */
function joinedPlaces(side: Side, more: Side, morePairs: readonly Pair[]): Side['fieldPlaces'] {
  const moreObjects = new Set(
    morePairs.flatMap(({ base, head }) => [base, head].flatMap(set => set?.objects ?? [])),
  );
  return otherSpec => {
    const [places, morePlaces] = [side.fieldPlaces(otherSpec), more.fieldPlaces(otherSpec)];
    return (object, path) => (moreObjects.has(object) ? morePlaces : places)(object, path);
  };
}

interface PlacedSide {
  readonly place: SidePlace;
  readonly side: EnvironmentSide;
}

/**
 * What changes in files beside the spec that no environment is made of: the units that have a changed file. If an
 * environment changes too, all units beside the spec, as they may read what it makes. Undefined: nothing changes.
 */
async function besideSides(
  base: PlacedSide,
  head: PlacedSide,
  options: SideOptions,
  isSpecSame: boolean,
): Promise<ComparableSides | undefined> {
  const files = { base: filesBeside(base), head: filesBeside(head) };
  const all = [...new Set([...files.base.names, ...files.head.names])].filter(
    name => !files.base.used.has(name) && !files.head.used.has(name),
  );
  const changed = all.filter(name => !isSameFile(name, files.base, files.head));
  if (changed.length === 0 && (isSpecSame || all.length === 0)) return undefined;
  const selected = isSpecSame ? changed : all;
  return worldSides(base.place, head.place, options, {
    base: isSelectedIn(files.base, changed, selected),
    head: isSelectedIn(files.head, changed, selected),
  });
}

/** Files by their names from the spec's folder. */
interface Files {
  readonly place: SidePlace;
  readonly names: ReadonlySet<string>;
  readonly placeOf: (name: string) => string;
  /** Those that environments are made of. */
  readonly used: ReadonlySet<string>;
}

/** Files in excluded folders count too: an applier may apply them all the same. */
function filesBeside({ place, side }: PlacedSide): Files {
  const { path, file: spec, whole: host = place.host } = place;
  if (host.kindOf(path) !== 'folder')
    return { place, names: new Set(), placeOf: name => name, used: new Set() };
  const { files, unread, placeOf } = listingOf(path, host);
  const root = host.realPath(path) ?? path;
  const unreadable = new Set(
    unread.filter(({ reason }) => reason !== LEADS_OUT).map(({ file }) => file),
  );
  const built = files.filter(name => CHART.test(name) || isKustomization(basename(name)));
  const builtFolders = new Set(built.map(name => dirname(name)));
  const isRead = (name: string): boolean =>
    isBelowAny(name, builtFolders) || (YAML.test(name) && hasObjects(textAt(name, place)));
  const isMade = (name: string): boolean =>
    MADE.test(name) && textAt(name, place).startsWith(GENERATED);
  const names = [
    ...files.filter(name => name !== spec && isRead(name) && !isMade(name)),
    ...[...unreadable].filter(name => name !== spec && !MADE.test(name)),
  ];
  const sources = [...side.environments.values()].flatMap(set => set.sources);
  const places = new Set([
    ...sources.flatMap(source => source.places ?? []),
    ...[...side.files].map(name => host.realPath(name) ?? name),
  ]);
  return {
    place,
    names: new Set(names),
    placeOf: name => (unreadable.has(name) ? join(root, name) : placeOf(name)),
    used: new Set(names.filter(name => places.has(placeOf(name)))),
  };
}

const YAML = /\.ya?ml$/;

const CHART = /(^|\/)Chart\.yaml$/;

/** Where the generator writes, and environments are built from. */
const MADE = /^(argocd|base|components|flux|iam|overlays|runbook)\//;

/** Whether a folder above a file is one of these; the spec's own has a kustomization for the plugin. */
function isBelowAny(name: string, folders: ReadonlySet<string>): boolean {
  for (let folder = dirname(name); folder !== '.'; folder = dirname(folder))
    if (folders.has(folder)) return true;
  return false;
}

/** Whether both sides have a file, and with the same bytes; not of a file that Git could not give. */
function isSameFile(name: string, base: Files, head: Files): boolean {
  if (!base.names.has(name) || !head.names.has(name)) return false;
  const [before, after] = [bytesOf(name, base.place), bytesOf(name, head.place)];
  if (before === undefined || after === undefined) return false;
  return Buffer.compare(before, after) === 0;
}

/** Empty for a file that cannot be read. */
function textAt(name: string, place: SidePlace): string {
  const bytes = bytesOf(name, place);
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}

function bytesOf(name: string, { path, host }: SidePlace): Uint8Array | undefined {
  const file = join(path, name);
  try {
    return host.sizeOf(file) > MOST_BYTES ? NO_MANIFEST : host.readFile(file);
  } catch {
    return undefined;
  }
}

const NO_MANIFEST = new Uint8Array();

/** A manifest is smaller. */
const MOST_BYTES = 20 * 1024 * 1024;

/** Settings of other tools are no manifests, and neither is a part of a spec. */
function hasObjects(text: string): boolean {
  return OBJECT.every(pattern => pattern.test(text));
}

const OBJECT = [
  /^ {0,9}(- )?"?apiVersion"?: {0,9}(?!rem-secrets\.io)\S/m,
  /^ {0,9}(- )?"?kind"?:/m,
];

/** Whether a source is made of a changed file, or of a selected one and could be read. */
function isSelectedIn(
  { placeOf }: Files,
  changed: readonly string[],
  selected: readonly string[],
): IsSelected {
  const isChanged = isOfAny(changed.map(placeOf));
  const isBeside = isOfAny(selected.map(placeOf));
  return source => isChanged(source) || (isBeside(source) && !source.findings.some(isError));
}

/** Whether a source is made of one of these files, or is a chart that is not rendered and has one of them. */
function isOfAny(files: readonly string[]): IsSelected {
  const all = new Set(files);
  return ({ places = [], contents }: ObjectSource) =>
    places.some(place => all.has(place)) ||
    (contents !== undefined && places.some(folder => files.some(file => isBelow(folder, file))));
}

/** A side with its environments: the overlays of a spec, and what Argo CD is given. */
interface EnvironmentSide extends Side {
  readonly environments: ReadonlyMap<string, ManifestSet>;
}

/**
 * Reads a side. Beside a spec its environments are its overlays and the Applications. In any other folder each
 * kustomization is an environment, and the manifests that belong to none are one more.
 */
export async function readSide(
  place: SidePlace,
  options: SideOptions,
  parse: ParseStream,
): Promise<EnvironmentSide> {
  const { path, host } = place;
  const sources = await sourcesOf(place, options, parse);
  const whole = sources.filter(isWhole);
  const skipped = [...sources.filter(source => !isWhole(source)), ...refusedSpec(place)];
  const { spec } = specAt(place);
  const environments = environmentsOf(partsOf(path, whole), spec);
  return {
    environments,
    isEmpty: [...environments.values()].every(hasNothing),
    hasOtherFiles: () => false,
    otherFiles: new Map(),
    leftOut: [...environments].flatMap(([environment, set]) =>
      leftOutOf(set).map(finding => ({ environment, finding })),
    ),
    fileOf: name => {
      const set = environments.get(name);
      return set && (spec?.source.file ?? set.sources[0]?.file ?? '');
    },
    ...(spec !== undefined && { spec: spec.spec }),
    fieldPlaces: otherSpec => placesOf(environments, host, spec, otherSpec),
    files: new Set([
      ...[...whole, ...skipped].map(({ file }) => file),
      ...(spec ? [spec.source, ...(spec.source.parts ?? [])] : []).map(({ file }) => file),
    ]),
    notices: skipped.flatMap(({ findings }) => [...findings]),
  };
}

function hasNothing({ sources }: ManifestSet): boolean {
  return sources.every(({ objects, findings }) => objects.length === 0 && findings.length === 0);
}

function environmentsOf(
  parts: ReadonlyMap<string, readonly ObjectSource[]>,
  spec: SideSpec | undefined,
): Map<string, ManifestSet> {
  const setOf = (name: string, sources: readonly ObjectSource[]): ManifestSet => ({
    sources,
    context: [...parts]
      .filter(([other]) => other !== name && isContext(name, other, spec))
      .flatMap(([, otherSources]) => otherSources),
    outside: spec === undefined ? nothingOutside : declaredOutside(spec.spec, name),
  });
  return new Map([...parts].map(([name, sources]) => [name, setOf(name, sources)]));
}

/** Whether two environments may be in one cluster. Appliers are context to every environment. */
function isContext(name: string, other: string, spec: SideSpec | undefined): boolean {
  if (spec === undefined || /^(argocd|flux)(\/|$)/.test(other)) return true;
  return areTogether(spec.spec, { name }, { name: other });
}

/** Where fields stand, worked out when the first one is looked up. In a spec: what differs from the other spec. */
function placesOf(
  environments: EnvironmentSide['environments'],
  host: Host,
  spec: SideSpec | undefined,
  otherSpec: SpecObject | undefined,
): FieldPlace {
  const places = onceFor(() => {
    if (spec === undefined) return placesFor([...environments.values()], host);
    const units = unitsOf(spec);
    const sets = [...environments].map(([name, set]) => {
      const unit = units.get(name);
      return unit === undefined ? set : { ...set, unit };
    });
    return placesFor(sets, host, spec, made => causeIn(spec.spec, otherSpec, made));
  });
  return (object, path) => places()(object, path);
}
