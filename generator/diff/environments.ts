import { basename, dirname, join, relative } from 'node:path';
import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { onceFor } from '../core/once.ts';
import { placesFor } from '../environments/places.ts';
import { areTogether, declaredOutside, leftFolders, otherFiles } from '../environments/sets.ts';
import { isGenerated } from '../shell/print.ts';
import type { SpecObject } from '../spec/spec.ts';
import { GENERATED } from '../spec/tree-files.ts';
import { isKustomization, listingOf, readSettingsFile, withFiles } from '../world/folders.ts';
import { isBelow, LEADS_OUT } from '../world/inside.ts';
import { type ManifestSet, nothingOutside, objectsOf } from '../world/object-set.ts';
import type { FieldPlace } from '../world/places.ts';
import type { ObjectSource } from '../world/source.ts';
import { type ParseStream, sharedDocuments } from '../yaml/parse.ts';
import {
  causeIn,
  expansionAt,
  isWhole,
  partsOf,
  refusedSpec,
  type SideOptions,
  type SideSpec,
  sourcesOf,
  specAt,
  unitsOf,
} from './environment-parts.ts';
import { areSame, withBeside, withMade } from './left-over.ts';
import { asBroken, type IsAsked, isError, onlyIn, unreadIn, worldSides } from './pair.ts';
import type { BrokenSide } from './review.ts';
import type { ComparableSides, Pair, Side, SidePlace } from './side.ts';
import { STALE, UNMADE } from './verdict.ts';

/**
 * Reads sides of which one has a spec, environment by environment; what both have is read once. Where
 * the tree of head is not what its spec makes, both are held against base. What changes beside the
 * spec is compared as what it is: a part of the same world.
 */
export function environmentSides(
  base: SidePlace,
  head: SidePlace,
  reading: SideOptions,
): ComparableSides {
  const sides = sidesAt(base, head, reading);
  const { place, findings } = madeTree(head, 'Both are compared');
  const told = place === undefined ? sides : withMade(sides, sidesAt(base, place, reading));
  const beside = besideSides(
    { place: base, side: sides.base },
    { place: head, side: sides.head },
    reading,
    told.pairs.every(areSame),
  );
  return { ...(beside === undefined ? told : withBeside(told, beside)), stale: findings };
}

/** Both sides, by their environments. */
type ComparedEnvironments = ComparableSides & EnvironmentSides;

function sidesAt(base: SidePlace, head: SidePlace, reading: SideOptions): ComparedEnvironments {
  const parse = sharedDocuments();
  const sides = { base: readSide(base, reading, parse), head: readSide(head, reading, parse) };
  const all = new Set([...sides.base.environments.keys(), ...sides.head.environments.keys()]);
  const names = [...all].sort();
  const broken = new Map(names.map(name => [name, brokenIn(name, sides)]));
  return {
    ...sides,
    pairs: names.filter(name => broken.get(name)?.length === 0).map(name => pairOf(name, sides)),
    broken: [...broken.values()].flat(),
  };
}

type EnvironmentSides = Readonly<Record<'base' | 'head', EnvironmentSide>>;

function pairOf(name: string, { base, head }: EnvironmentSides): Pair {
  const [before, after] = [base.environments.get(name), head.environments.get(name)];
  const presence = before === undefined ? 'only head' : after === undefined ? 'only base' : 'both';
  return {
    name,
    presence: new Map([[name, presence]]),
    ...(before !== undefined && { base: objectsOf(before) }),
    ...(after !== undefined && { head: objectsOf(after) }),
  };
}

/** What cannot be read of an environment, or what only one side of it leaves out. */
function brokenIn(name: string, { base, head }: EnvironmentSides): BrokenSide[] {
  const [before, after] = [base.environments.get(name), head.environments.get(name)];
  return [
    ...faultsIn('base', name, before),
    ...faultsIn('head', name, after),
    ...(before && after ? unreadOnOneSide(name, before, after) : []),
  ];
}

/**
 * What one side leaves out and the other does not: what it makes looks removed, or made. Told of
 * the side that names it.
 */
function unreadOnOneSide(name: string, base: ManifestSet, head: ManifestSet): BrokenSide[] {
  const [before, after] = [unreadIn(base), unreadIn(head)];
  return [
    ...onlyIn(before, after).map(asBroken('base', name)),
    ...onlyIn(after, before).map(asBroken('head', name)),
  ];
}

function faultsIn(
  side: BrokenSide['side'],
  environment: string,
  set: ManifestSet | undefined,
): BrokenSide[] {
  const findings = (set?.sources ?? []).flatMap(source => source.findings);
  return findings.map(finding => ({ side, environment, finding }));
}

/** A side, and where it was read. */
interface PlacedSide {
  readonly place: SidePlace;
  readonly side: EnvironmentSide;
}

/**
 * What stands beside a spec, and no environment is made of: the units that a changed file is in, in the
 * world that they and the environments are; where an environment changes, all of them, as they may read
 * what it makes. Undefined where no world needs to be read.
 */
function besideSides(
  base: PlacedSide,
  head: PlacedSide,
  reading: SideOptions,
  isSpecSame: boolean,
): ComparableSides | undefined {
  const files = { base: filesBeside(base), head: filesBeside(head) };
  const all = namesBeside(files.base, files.head);
  const changed = all.filter(name => !isSame(name, files.base, files.head));
  if (changed.length === 0 && (isSpecSame || all.length === 0)) return undefined;
  const asked = { changed, all: isSpecSame ? changed : all };
  return worldSides(base.place, head.place, reading, {
    base: isAskedIn(asked, files.base),
    head: isAskedIn(asked, files.head),
  });
}

/** Files by their names: those that change, and all that are asked for. */
interface AskedFiles {
  readonly changed: readonly string[];
  readonly all: readonly string[];
}

/** Files by their names from the spec's folder. */
interface Files {
  readonly place: SidePlace;
  readonly names: ReadonlySet<string>;
  readonly placeOf: (name: string) => string;
  /** Those that environments are made of. */
  readonly used: ReadonlySet<string>;
}

/** Those in excluded folders too: a deployment object may have them applied all the same. */
function filesBeside({ place, side }: PlacedSide): Files {
  const { path, file, whole: host = place.host } = place;
  if (host.kindOf(path) !== 'folder')
    return { place, names: new Set(), placeOf: name => name, used: new Set() };
  const { files, unread, placeOf } = listingOf(path, host);
  const root = host.realPath(path) ?? path;
  const lacking = new Set(unread.filter(({ reason }) => reason !== LEADS_OUT).map(one => one.file));
  const built = files.filter(name => BUILT.test(name) || isKustomization(basename(name)));
  const folders = new Set(built.map(name => dirname(name)));
  const isRead = (name: string): boolean =>
    isBelowAny(name, folders) || (YAML.test(name) && hasObjects(textAt(name, place)));
  const isMade = (name: string): boolean =>
    OWN.test(name) && textAt(name, place).startsWith(GENERATED);
  const own = files.filter(name => name !== file && isRead(name) && !isMade(name));
  const names = [...own, ...[...lacking].filter(name => name !== file && !OWN.test(name))];
  const sources = [...side.environments.values()].flatMap(set => set.sources);
  const places = new Set([
    ...sources.flatMap(source => source.places ?? []),
    ...[...side.files].map(name => host.realPath(name) ?? name),
  ]);
  return {
    place,
    names: new Set(names),
    placeOf: name => (lacking.has(name) ? join(root, name) : placeOf(name)),
    used: new Set(names.filter(name => places.has(placeOf(name)))),
  };
}

const YAML = /\.ya?ml$/;

/** What makes objects of files of any name. */
const BUILT = /(^|\/)Chart\.yaml$/;

/** Where the generator writes, and environments are built from. */
const OWN = /^(argocd|base|components|flux|iam|overlays|runbook)\//;

/** Whether a folder above a file is one of these; the spec's own has a kustomization for the plugin. */
function isBelowAny(name: string, folders: ReadonlySet<string>): boolean {
  for (let folder = dirname(name); folder !== '.'; folder = dirname(folder))
    if (folders.has(folder)) return true;
  return false;
}

function namesBeside(base: Files, head: Files): string[] {
  const all = [...new Set([...base.names, ...head.names])];
  return all.filter(name => !base.used.has(name) && !head.used.has(name));
}

/** Whether both sides have a file, and the same one; of what Git could not give nobody knows it. */
function isSame(name: string, base: Files, head: Files): boolean {
  if (!base.names.has(name) || !head.names.has(name)) return false;
  const [before, after] = [bytesOf(name, base.place), bytesOf(name, head.place)];
  if (before === undefined || after === undefined) return false;
  return Buffer.compare(before, after) === 0;
}

/** Nothing of a file that cannot be read. */
function textAt(name: string, place: SidePlace): string {
  const bytes = bytesOf(name, place);
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}

/** Settings of other tools are no manifests, and the part of a spec is none of the world. */
function hasObjects(text: string): boolean {
  return OBJECT.every(pattern => pattern.test(text));
}

const OBJECT = [
  /^ {0,9}(- )?"?apiVersion"?: {0,9}(?!rem-secrets\.io)\S/m,
  /^ {0,9}(- )?"?kind"?:/m,
];

function bytesOf(name: string, { path, host }: SidePlace): Uint8Array | undefined {
  const file = join(path, name);
  try {
    return host.sizeOf(file) > MOST_BYTES ? NO_MANIFEST : host.readFile(file);
  } catch {
    return undefined;
  }
}

const NO_MANIFEST = new Uint8Array();

/** In bytes: a manifest is smaller. */
const MOST_BYTES = 20 * 1024 * 1024;

/** Whether a source is made of a file that changes; of one that does not only if it could be read. */
function isAskedIn({ changed, all }: AskedFiles, { placeOf }: Files): IsAsked {
  const isChanged = isOfAny(changed.map(placeOf));
  const isBeside = isOfAny(all.map(placeOf));
  return source => isChanged(source) || (isBeside(source) && !source.findings.some(isError));
}

/** Whether a source is one of files, or a chart that is not made and has one of them. */
function isOfAny(places: readonly string[]): IsAsked {
  const known = new Set(places);
  return ({ places: own = [], contents }: ObjectSource) =>
    own.some(place => known.has(place)) ||
    (contents !== undefined && own.some(folder => places.some(place => isBelow(folder, place))));
}

/** A side with its environments: the overlays of a spec, and what Argo CD is given. */
interface EnvironmentSide extends Side {
  readonly environments: ReadonlyMap<string, ManifestSet>;
}

/**
 * Reads a side. Beside a spec its environments are its overlays and the Applications; of any other folder each
 * kustomization is one, and all manifests that belong to none are one more.
 */
export function readSide(
  place: SidePlace,
  options: SideOptions,
  parse: ParseStream,
): EnvironmentSide {
  const { path, host } = place;
  const found = sourcesOf(place, options, parse);
  const whole = found.filter(isWhole);
  const skipped = [...found.filter(one => !isWhole(one)), ...refusedSpec(place)];
  const { spec } = specAt(place);
  const environments = environmentsOf(partsOf(path, whole), spec);
  return {
    environments,
    isEmpty: [...environments.values()].every(hasNothing),
    hasOthers: () => false,
    strangers: new Map(),
    unread: [...environments].flatMap(([environment, set]) =>
      unreadIn(set).map(finding => ({ environment, finding })),
    ),
    fileOf: name => {
      const set = environments.get(name);
      return set && (spec?.source.file ?? set.sources[0]?.file ?? '');
    },
    ...(spec !== undefined && { spec: spec.spec }),
    placesBeside: other => placesBeside(environments, host, spec, other),
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
  const setOf = (name: string, sources: readonly ObjectSource[]): ManifestSet => {
    const others = [...parts].filter(([other]) => other !== name && isContext(name, other, spec));
    return {
      sources,
      context: others.flatMap(([, own]) => own),
      outside: spec === undefined ? nothingOutside : declaredOutside(spec.spec, name),
    };
  };
  return new Map([...parts].map(([name, sources]) => [name, setOf(name, sources)]));
}

/** Whether two environments may be in one cluster; what applies them is context to all. */
function isContext(name: string, other: string, spec: SideSpec | undefined): boolean {
  if (spec === undefined || /^(argocd|flux)(\/|$)/.test(other)) return true;
  return areTogether(spec.spec, { name }, { name: other });
}

/** Where fields stand, worked out once somebody asks. */
function placesBeside(
  environments: EnvironmentSide['environments'],
  host: Host,
  spec: SideSpec | undefined,
  other: SpecObject | undefined,
): FieldPlace {
  const places = onceFor(() =>
    spec === undefined
      ? placesFor([...environments.values()], host)
      : placesInSpec(environments, host, spec, other),
  );
  return (object, path) => places()(object, path);
}

/** Where fields stand in a spec: what differs there from the other side's. */
function placesInSpec(
  environments: EnvironmentSide['environments'],
  host: Host,
  spec: SideSpec,
  other: SpecObject | undefined,
): FieldPlace {
  const units = unitsOf(spec);
  const aimed = [...environments].map(([name, set]) => {
    const unit = units.get(name);
    return unit === undefined ? set : { ...set, unit };
  });
  return placesFor(aimed, host, spec, (entry, { name: target }, field) =>
    causeIn(spec.spec, other, { entry, unit: target, field }),
  );
}

/** More specs that change at once are of a repository that is tested, or of somebody who means ill. */
const MOST = 50;

/**
 * That the trees of other specs below a side, which change, are not what these make: they are compared as
 * they stand. A spec without a tree is none that `expand` is run for.
 */
export function staleBelow(base: SidePlace, head: SidePlace): Finding[] {
  const { path, file, host } = head;
  if (host.kindOf(path) !== 'folder') return [];
  return listingOf(path, host)
    .files.filter(name => basename(name) === file && name !== file)
    .filter(name => textOf(name, base) !== textOf(name, head))
    .slice(0, MOST)
    .map(name => join(path, dirname(name)))
    .filter(folder => isGenerated(join(folder, 'base'), host))
    .flatMap(
      folder =>
        madeTree({ ...head, path: folder, folder }, 'What stands there is compared').findings,
    );
}

/** The text of a spec; what is not to be read, or not there, is none. */
function textOf(name: string, { path, host }: SidePlace): string | undefined {
  const file = join(path, name);
  if (host.kindOf(file) !== 'file') return undefined;
  const bytes = readSettingsFile(file, host);
  return typeof bytes === 'string' ? undefined : new TextDecoder().decode(bytes);
}

/** What is known of the tree that a spec makes. */
interface MadeTree {
  /** The side with it, where the tree beside the spec is another one. */
  readonly place?: SidePlace;
  /** That it is another one, and which files differ; or why the spec makes none. */
  readonly findings: readonly Finding[];
}

/**
 * What a spec makes, where that is not what stands beside it: it was changed, or its tree was, and
 * `expand` has not run since. Nothing where they are the same, or there is no spec. `compared`: what is
 * compared of them, as it is told.
 */
export function madeTree(side: SidePlace, compared: string): MadeTree {
  const { path, file, host } = side;
  const expansion = expansionAt(side);
  if (expansion === undefined) return { findings: [] };
  if ('map' in expansion) return { findings: expansion.map(notMade) };
  const other = otherFiles(expansion, path, host);
  const left = leftFolders(expansion, path, host);
  const names = [...other.map(([name]) => name), ...left];
  if (names.length === 0) return { findings: [] };
  const root = host.realPath(path) ?? path;
  const files = new Map(other.map(([name, text]) => [join(root, name), text]));
  const gone = left.map(name => join(root, name));
  return {
    place: { ...side, host: withFiles(host, files, gone) },
    findings: [staleFinding(names, join(path, file), compared)],
  };
}

/** A fault of the spec: its tree is compared as it stands. */
function notMade(fault: Finding): Finding {
  const message = `what the spec makes is not known: ${fault.message}`;
  return { ...fault, rule: UNMADE, severity: 'warning', message };
}

const SHOWN = 3;

function staleFinding(names: readonly string[], spec: string, compared: string): Finding {
  const shown = names.slice(0, SHOWN).join(', ');
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return {
    rule: STALE,
    severity: 'warning',
    message: `what stands beside ${relative('.', spec)} is not what it makes: ${shown}${more}. ${compared}`,
    hint: 'Run `rem-secrets expand` and commit what it writes.',
    field: '',
    at: { file: spec, line: 1, column: 1 },
  };
}
