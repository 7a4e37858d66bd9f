import { basename, dirname, join, relative } from 'node:path';
import { type Host, HostError } from '../core/host.ts';
import { onceFor, oncePer, oncePerText } from '../core/once.ts';
import { parseManifests } from '../yaml/parse.ts';
import { kustomizationIn } from './folders.ts';
import { belowAny, isBelow, isNamedFile, refusalOf, rootOf } from './inside.ts';
import { type ManifestSet, nothingOutside, type Standing } from './object-set.ts';
import { readManifests } from './read-manifests.ts';
import { makesOr, type Repository, repositoryOf } from './repository.ts';
import { type ManifestSource, type ObjectSource, parseSource } from './source.ts';
import { readUnits } from './units.ts';
import { beginsAs, isDeployed, type Unit, type World, worldsOf } from './world.ts';

/** One set for each cluster, with all that the repositories of the paths have for it; what is at the paths or made there is reported. */
export async function setsOfPaths(options: PathOptions, host: Host): Promise<ManifestSet[]> {
  const read = await unitsOfPaths(options, host);
  selectApplied(read);
  const { units, isWanted, isShown, mayShow, rootOfUnit } = read;
  const worlds = worldsOf(units);
  const unlisted = unlistedIn(units, isWanted);
  const setOf = oncePer(wholeSet);
  const rootsOf = oncePer((world: World) => new Set(world.units.map(rootOfUnit)));
  return worlds.flatMap(world => {
    const others = worlds.filter(
      each =>
        each !== world &&
        each.isApart &&
        world.isApart &&
        each.units.some(unit => rootsOf(world).has(rootOfUnit(unit))),
    );

    // Helm does not make this chart: the files of its folder only show whether it changes.
    const isRead = (source: ObjectSource): boolean => !source.contents && isWanted(source);
    const chosen = world.units.filter(
      unit => !beginsAs(unit, 'patches') && unit.sources.some(isRead),
    );
    if (chosen.length === 0) return [];
    return {
      ...setOf(world),
      outside: { ...nothingOutside, byHand: toldByHand(world.units.flatMap(allOf), host) },
      units: {
        all: chosen.length,
        applied: chosen.filter(isDeployed).length,
        unlisted: chosen.filter(({ sources }) => sources.some(s => unlisted.has(s.number))).length,
      },
      mayShow,
      isTouched: source => isWanted(source) && !unlisted.has(source.number),
      isShown: (source, placeOf) => !unlisted.has(source.number) && isShown(source, placeOf),
      ...(others.length > 0 && { apart: onceFor(() => others.map(setOf)) }),
    };
  });
}

/** Where paths have no makers of Secrets or pods, they select what their deployment objects apply too. */
function selectApplied({ units, selected, isWanted }: ReadUnits): void {
  const chosen = units.flatMap(({ sources }) => sources).filter(isWanted);
  if (chosen.flatMap(({ objects }) => objects).some(object => makesOr(object, 'pods'))) return;
  const numbers = new Set(chosen.map(({ number }) => number));
  for (const { by, sources } of units)
    if (by !== undefined && numbers.has(by.file))
      for (const { number } of sources) {
        numbers.add(number);
        selected.add(number);
      }
}

function unlistedIn(units: readonly Unit[], isWanted: (source: ObjectSource) => boolean) {
  const selected = units.filter(({ sources }) => sources.some(isWanted));
  const isJudged = selected.every(({ isUnlisted }) => isUnlisted === true);
  const unlisted = isJudged ? [] : selected.filter(({ isUnlisted }) => isUnlisted === true);
  return new Set(unlisted.flatMap(({ sources }) => sources.map(({ number }) => number)));
}

export function wholeSet({ units, others }: World): ManifestSet {
  // A tree of which something is applied is applied itself: by hand, where it begins.
  const applied = new Set(units.filter(isDeployed).map(({ tree }) => tree));
  return {
    sources: units.flatMap(unit => unit.sources),
    context: [...units.flatMap(({ raw }) => raw), ...others.flatMap(allOf)],
    outside: nothingOutside,
    standingOf: new Map([
      ...others.flatMap(unit => numbersOf(unit, 'elsewhere')),
      ...units.flatMap(unit => numbersOf(unit, applied.has(unit.tree) ? 'applied' : 'loose')),
    ]),
  };
}

function numbersOf(unit: Unit, standing: Standing) {
  return allOf(unit).map(({ number }) => [number, standing] as const);
}

function allOf({ sources, raw }: Unit): Unit['sources'] {
  return [...sources, ...raw];
}

interface PathOptions extends Partial<Pick<Repository, 'allowed' | 'parse' | 'number'>> {
  readonly paths: readonly string[];
  readonly namespace: string;
  /** The folder whose manifests are known to those at the paths; absent: their repository. */
  readonly root?: string | undefined;
  /** Folders of other repositories that are read too: their Applications and Kustomizations may apply these. */
  readonly siblings?: readonly string[];
  /** Only what is at the paths is known. */
  readonly isAlone?: boolean;
}

export interface PathUnits {
  readonly units: readonly Unit[];
  readonly isWanted: (source: ObjectSource) => boolean;
}

interface ReadUnits extends PathUnits {
  readonly rootOfUnit: (unit: Unit) => string | undefined;
  /** The numbers of sources that are wanted wherever their files are. */
  readonly selected: Set<number>;
  readonly isShown: NonNullable<ManifestSet['isShown']>;
  readonly mayShow: NonNullable<ManifestSet['mayShow']>;
}

/** The units of the repositories of paths, and what is at the paths themselves. */
export async function unitsOfPaths(options: PathOptions, host: Host): Promise<ReadUnits> {
  const { paths, namespace, allowed = {}, parse = parseManifests, siblings = [] } = options;
  let [next, trees] = [0, 0];
  const number = options.number ?? (() => next++);
  const real = (path: string): string => host.realPath(path) ?? path;
  const roots = [...new Set([...siblings.map(real), ...rootsOfPaths(options, host)])];
  const settings = { namespace, allowed, parse, number };
  const repositories = roots.map(root => repositoryOf(root, paths, settings, host));
  const ofRoots = await readUnits(repositories, () => trees++);
  const rootOf = new Map(
    ofRoots.flatMap((units, index) => units.map(unit => [unit, roots[index]] as const)),
  );
  const units = ofRoots.flat();
  const read = units.flatMap(({ sources }) => sources.filter(isReadOrRefused));
  const covered = new Set(read.flatMap(({ places = [] }) => places));
  const selected = new Set<number>();
  for (const path of paths) {
    if (isCovered(path, covered, host)) continue;
    const manifests = await readManifests(path, host, options.allowed);
    const sources = manifests.map(source => parseSource(source, number(), namespace, parse));
    for (const { number } of sources) selected.add(number);
    const unit = { id: 'what is named', folder: '', raw: [], tree: trees++, cluster: '' };
    if (sources.length > 0) units.push({ ...unit, sources });
  }
  return { units, rootOfUnit: unit => rootOf.get(unit), ...shownAt(paths, units, selected, host) };
}

/** What is shown of units: what is at the paths, and the sources of these numbers. */
function shownAt(
  paths: readonly string[],
  units: readonly Unit[],
  selected: Set<number>,
  host: Host,
): Omit<ReadUnits, 'units' | 'rootOfUnit'> {
  const isInPaths = belowAny(paths.flatMap(path => host.realPath(path) ?? []));
  const isAt = oncePerText((file: string): boolean => {
    const folder = host.realPath(dirname(file));
    return folder !== undefined && isInPaths(join(folder, basename(file)));
  });
  const isWanted: PathUnits['isWanted'] = ({ number, places = [] }) =>
    selected.has(number) || places.some(isInPaths);
  const sources = onceFor(() => new Map(units.flatMap(allOf).map(each => [each.number, each])));
  const mayShow = (number: number): boolean => {
    const source = sources().get(number);
    if (source === undefined) return false;
    if (isWanted(source) || isAt(source.file)) return true;
    const { links = [], laid, by } = source;
    if (links.some(isAt)) return true;
    return laid !== undefined && (isInPaths(laid.place) || mayShow(by?.file ?? -1));
  };
  return {
    selected,
    mayShow,
    isWanted,
    isShown: ({ number, file }, placeOf) => {
      const isWhole = selected.has(number) || isAt(file);
      const at = isWhole ? undefined : placeOf();
      return isWhole || (at !== undefined && isAt(at.file));
    },
  };
}

/** The repositories of the paths; a folder outside of any is read by itself, and a file alone. */
function rootsOfPaths({ root, paths, isAlone = false }: PathOptions, host: Host): string[] {
  if (root !== undefined && host.kindOf(root) !== 'folder')
    throw new HostError(`there is no folder ${root}`);
  if (root !== undefined) return [host.realPath(root) ?? root];
  const folderOf = (path: string): string | undefined => {
    if (!isAlone) return contextOf(path, host);
    return host.isFolder(path) ? host.realPath(path) : undefined;
  };
  const found = paths
    .filter(path => path !== '-' && refusalOf(path, host) === undefined)
    .flatMap(path => folderOf(path) ?? []);
  const all = [...new Set(found)];
  return all.filter(folder => !all.some(above => above !== folder && isBelow(above, folder)));
}

function isCovered(path: string, covered: ReadonlySet<string>, host: Host): boolean {
  if (path === '-' || refusalOf(path, host) !== undefined) return false;
  const place = host.realPath(path) ?? path;
  if (!host.isFolder(place)) return covered.has(place);
  const file = kustomizationIn(place, host);
  if (file !== undefined) return covered.has(file);
  return [...covered].some(file => isBelow(place, file));
}

/** Whether a source was read or reported as an error. What was only skipped is read once more by itself. */
function isReadOrRefused({ text, charted, findings }: ObjectSource): boolean {
  const isRead = text !== undefined || charted !== undefined;
  return isRead || findings.some(({ severity }) => severity === 'error');
}

function contextOf(path: string, host: Host): string | undefined {
  const root = rootOf(path, host);
  if (root === undefined || host.exists(join(root, '.git'))) return root;
  const place = host.realPath(path) ?? path;
  if (!host.isFolder(place)) return undefined;
  const here = host.realPath('.') ?? host.cwd;
  // The home of a person holds much more than one repository.
  const isTooMuch = here === '/' || here === host.realPath(host.env('HOME') ?? '/');
  return isBelow(here, place) && !isTooMuch ? here : root;
}

/** Says which file tells people to make a Secret by hand: a manifest in a comment, or a README beside it. */
function toldByHand(sources: readonly ManifestSource[], host: Host) {
  const commands = onceFor(() => commandsIn(sources, host));
  return (namespace: string, secret: string): string | undefined => {
    const found = commands().find(
      // Without a namespace it is that of the context, whichever it is.
      command => command.secret === secret && [undefined, namespace].includes(command.namespace),
    );
    return found && `hand, as ${relative(host.realPath('.') ?? '', found.file)} tells`;
  };
}

function commandsIn(sources: readonly ManifestSource[], host: Host) {
  const files = new Set(sources.flatMap(({ places = [] }) => places));
  // Most files are sources as they are: what their text does not tell need not be read again.
  const silent = new Set(sources.filter(isSilent).map(({ places = [] }) => places[0]));
  const folders = new Set([...files].map(file => dirname(file)));
  const readmes = [...folders].flatMap(folder =>
    (host.entriesIn(folder) ?? [])
      .filter(({ name }) => /^readme(?:\.[a-z]{1,9})?$/i.test(name))
      .map(({ name }) => join(folder, name)),
  );
  return [
    ...[...files].flatMap(file =>
      silent.has(file) ? [] : commandsOf(file, host, /^[ \t]{0,200}#.{0,999}$/gm),
    ),
    ...readmes.flatMap(file => commandsOf(file, host, /^.{0,999}$/gm)),
  ];
}

const TELLS = /create[ \t]{1,9}secret/;

function isSilent({ isBuilt, text = '', findings }: ManifestSource): boolean {
  return !isBuilt && text !== '' && findings.length === 0 && !TELLS.test(text);
}

/** A larger file is no manifest and no README. */
const MOST_BYTES = 1024 * 1024;

function commandsOf(file: string, host: Host, lines: RegExp) {
  if (!isNamedFile(file, host) || host.sizeOf(file) > MOST_BYTES) return [];
  const text = Buffer.from(host.readFile(file)).toString();
  if (!TELLS.test(text)) return [];
  return [...text.matchAll(lines)].flatMap(([line]) => commandIn(line, file));
}

const COMMAND =
  /\b(?:kubectl|oc)\b.{0,200}?\bcreate[ \t]{1,9}secret[ \t]{1,9}(?:generic|tls|docker-registry)[ \t]{1,9}(.{1,600})/;

function commandIn(line: string, file: string) {
  const [whole, rest = ''] = COMMAND.exec(line) ?? [];
  if (whole === undefined) return [];
  const namespace = /[ \t](?:-n|--namespace)[ \t=]([a-z0-9-]{1,63})\b/.exec(` ${whole}`)?.[1];
  // Options may come before the name: of `-n tools login` the value is no name.
  const words = rest.replaceAll(/(?:^|[ \t])(?:-n|--namespace)[ \t]\S{1,99}/g, '').split(/[ \t]+/);
  const secret = words.find(word => /^[a-z0-9][a-z0-9.-]{0,252}$/.test(word));
  return secret === undefined ? [] : [{ secret, namespace, file }];
}
