import { dirname, join, relative } from 'node:path';
import type { Finding, Place } from '../core/finding.ts';
import { firstOfEach, isSame, sortBy } from '../core/json.ts';
import { hasPieces } from '../core/names.ts';
import { onceFor, oncePerText } from '../core/once.ts';
import type { ChartPlace } from '../kinds/facets.ts';
import { SOURCES, type SourceCut, sourceCutOf } from '../kinds/flux/sources.ts';
import type { Find } from '../kinds/kind.ts';
import { kindOf } from '../kinds/kinds.ts';
import { placesIn } from '../yaml/places.ts';
import { type RawDeployer, type RawDeployers, textAtPlace } from './appliers.ts';
import { isBelow, pathFrom } from './inside.ts';
import type { Repository } from './repository.ts';
import { notRead } from './source.ts';

/** What an applier gets of its repository: Flux packs it, and leaves files out; Argo CD has all of it. */
export interface SourceView {
  readonly lacks: (place: string) => boolean;
  readonly lacksFolder: (folder: string) => boolean;
  readonly leftOutOf: (folder: string) => readonly string[];
  /** Whether a folder is not, or not certainly, there with all that is below it. */
  readonly isPartOf: (folder: string) => boolean;
  /** Why it is not known whether all below a folder, and these files, are there. */
  readonly unread: (folder: string, places: readonly string[]) => readonly Finding[];
}

const WHOLE: SourceView = {
  lacks: () => false,
  lacksFolder: () => false,
  leftOutOf: () => [],
  isPartOf: () => false,
  unread: () => [],
};

/** Where an applier stands: several clusters may have a source of one name. */
export interface Standpoint {
  readonly tree: number;
  readonly place: string;
}

export type FindView = (applied: ChartPlace, from: Standpoint) => SourceView;

/** The views of the sources of a repository (docs/facts/flux.md#what-a-source-has). */
export function sourceViews(repository: Repository, deployers: RawDeployers, find: Find): FindView {
  const views = new Map<string, SourceView>();
  const ofTrees = new Map<string, readonly RawDeployer[]>();
  const ignored = onceFor(() => ignoreFilesOf(repository, deployers));
  return (applied, { tree, place }) => {
    const source = deployers.sourceOf(applied);
    const kind = source && kindOf(SOURCES, source.kind);
    if (source === undefined || kind?.changes?.origins === undefined) return WHOLE;
    const all = deployers.sources.filter(
      ({ object: { knownKind, name, namespace } }) =>
        knownKind === kind && name === source.name && ['', source.namespace].includes(namespace),
    );
    const id = JSON.stringify([tree, source]);
    const raw = ofTrees.get(id) ?? nearest(all, place);
    ofTrees.set(id, raw);
    const found = find(kind, source.namespace, source.name);
    // A source that is in no file as it is here was changed by kustomize.
    const isMade =
      found !== undefined &&
      !all.some(({ object }) => isSame(sourceCutOf(object), sourceCutOf(found)));
    const made = (isMade ? [found] : raw.map(({ object }) => object)).map(sourceCutOf);
    const cuts = firstOfEach(made, cut => JSON.stringify(cut));
    const key = JSON.stringify(cuts);
    const view = views.get(key) ?? viewOf({ cuts, raw, ignored: ignored() }, repository);
    views.set(key, view);
    return view;
  };
}

function nearest(all: readonly RawDeployer[], place: string): RawDeployer[] {
  const steps = place.split('/');
  const common = (file: string): number => {
    const different = file.split('/').findIndex((step, index) => step !== steps[index]);
    return different < 0 ? steps.length : different;
  };
  const most = Math.max(...all.map(raw => common(raw.place)));
  return all.filter(raw => common(raw.place) === most);
}

function ignoreFilesOf(
  { root, bounds, whole, shown, host }: Repository,
  { applied, folderOf }: RawDeployers,
) {
  const isIgnoreFile = (file: string): boolean => `/${file}`.endsWith('/.sourceignore');
  const above = foldersAbove(root, bounds).map(folder => join(folder, '.sourceignore'));
  const { files: listed, unread, hiddenAt } = whole();
  const hidden = applied.flatMap(folder => folderOf(folder) ?? []).flatMap(hiddenAt);
  const files = [...listed, ...new Set(hidden)];
  const links = unread.map(({ file }) => file).filter(isIgnoreFile);
  const found = [...above, ...files.filter(isIgnoreFile).map(file => join(root, file))];
  const fileAt = (place: string, text: string) => ({
    file: shown(place),
    folder: relative(bounds, dirname(place)),
    text,
  });
  const readable = found.filter(place => host.kindOf(place) === 'file');
  const all = [
    ...readable.map(place => fileAt(place, EXACTLY.decode(host.readFile(place)))),
    ...links.map(file => fileAt(join(root, file), A_LINK)),
  ];
  return sortBy(all, ({ folder }) => folder);
}

/** Flux has a byte order mark for a part of the first pattern. */
const EXACTLY = new TextDecoder('utf-8', { ignoreBOM: true });

/** A link that leads out of the repository may have any patterns: this one stands for them, and is not read. */
const A_LINK = '[a link]';

function foldersAbove(folder: string, outermost: string): string[] {
  if (folder === outermost || !isBelow(outermost, folder)) return [];
  const above = dirname(folder);
  return [...foldersAbove(above, outermost), above];
}

interface Deciding {
  /** What its objects say: there are several where clusters have different ones. */
  readonly cuts: readonly SourceCut[];
  readonly raw: readonly RawDeployer[];
  readonly ignored: ReturnType<typeof ignoreFilesOf>;
}

function viewOf(deciding: Deciding, repository: Repository): SourceView {
  const { root, bounds, whole, host } = repository;
  const cut = deciding.cuts[0] ?? { directories: [], includes: [] };
  const isLeftOut = leftOutBy(deciding, cut);
  const pathOf = (place: string): string => pathFrom(bounds, place);
  const isLink = (place: string): boolean => (host.realPath(place) ?? place) !== place;
  const ofFile = oncePerText((place: string) => isLink(place) || isLeftOut(pathOf(place), false));
  const lacks = (place: string): boolean => ofFile(place) === true;
  const filesIn = (folder: string): string[] =>
    whole()
      .filesIn(folder === root ? '' : `${pathFrom(root, folder)}/`)
      .map(file => join(root, file));
  const leftOut = onceFor(() => filesIn(root).filter(lacks));
  const unread = onceFor(() => unreadOf(deciding, cut, repository));
  return {
    lacks,
    lacksFolder: folder =>
      (cut.directories.length > 0 || isLeftOut(pathOf(folder), true) === true) &&
      filesIn(folder).every(lacks),
    leftOutOf: folder => leftOut().filter(place => isBelow(folder, place)),
    isPartOf: folder => filesIn(folder).some(place => ofFile(place) !== false),
    unread: (folder, places) => {
      if (unread().length === 0) return [];
      const isCopiedTo = cut.includes.some(({ to }) => isBelow(folder, join(bounds, to)));
      const isUnsure = [...filesIn(folder), ...places].some(place => ofFile(place) === undefined);
      return isCopiedTo || isUnsure ? unread() : [];
    },
  };
}

function leftOutBy({ cuts, ignored }: Deciding, cut: SourceCut): LeavesOut {
  if (cuts.length > 1) return () => undefined;
  const byPatterns = leavesOut([...ignored, { folder: '', text: cut.ignore ?? '' }]);
  return (path, isFolder) => {
    if (path === '' || path.startsWith('..')) return false;
    if (cut.includes.some(({ to }) => isBelow(join('/', to).slice(1), path))) return undefined;
    const answers = [byPatterns(path, isFolder), isOutside(path, cut)];
    return answers.includes(true) || (answers.includes(undefined) ? undefined : false);
  };
}

function isOutside(path: string, { directories }: SourceCut): boolean | undefined {
  if (directories.length === 0 || directories.some(folder => path.startsWith(`${folder}/`)))
    return false;
  const isPlain = directories.every(folder => /^\w[\w/-]{0,300}$/.test(folder));
  return isPlain && !directories.some(folder => path.startsWith(folder)) ? true : undefined;
}

function unreadOf({ cuts, raw, ignored }: Deciding, cut: SourceCut, repository: Repository) {
  const isLong = areTooLong([...ignored, { folder: '', text: cut.ignore ?? '' }]);
  const whys: Readonly<Record<string, readonly string[]>> = {
    ignore: [
      ...(cuts.length > 1 ? ['several sources of this name differ'] : []),
      ...(isLong ? ['the patterns are too long'] : []),
      ...unreadPatterns(cut.ignore ?? '').map(({ text }) => patternText(text)),
    ],
    sparseCheckout: cut.directories.map(folder => `only "${folder}" is taken`),
    include: cut.includes.map(({ to, from }) => `"${to}" is copied of "${from}"`),
  };
  return [
    ...ignored.flatMap(({ file, text }) =>
      unreadPatterns(text).map(pattern =>
        unsure(patternText(pattern.text), { file, line: pattern.line, column: 1 }),
      ),
    ),
    ...Object.entries(whys).flatMap(([field, all]) =>
      all.map(why => unsure(`spec.${field}: ${why}`, placeIn(raw[0], field, repository))),
    ),
  ];
}

function patternText(pattern: string): string {
  return `the pattern "${pattern.slice(0, 100)}"`;
}

function unsure(what: string, at: Place | undefined): Finding {
  const hint =
    'What is read: paths and names, with * for a part of a name, and folders in sparseCheckout.';
  return notRead(`${what}: it is not known which files Flux takes`, hint, at);
}

function placeIn(raw: RawDeployer | undefined, field: string, repository: Repository) {
  if (raw === undefined) return undefined;
  const { place, object } = raw;
  const text = textAtPlace(place, repository);
  const placeOf = placesIn({ file: repository.shown(place), text, isStream: true });
  return placeOf({ path: [...object.path, 'spec', field] });
}

interface PatternLines {
  /** The folder that the patterns are about, from the root of the repository; empty for all of it. */
  readonly folder: string;
  readonly text: string;
}

/** What is left out unless a pattern takes it in; a folder ends with a slash. */
const OF_GIT = /(?:^|\/)(?:\.git\/|\.git(?:ignore|modules|attributes)(?:\/|$))/;

/** What else is left out where no pattern is written: folders, endings and names. */
const USUAL = {
  parts: /(?:^|\/)\.(?:github|circleci)\/|\.(?:jpe?g|gif|png|wmv|flv|tar\.gz|zip)(?:\/|$)/,
  names: new Set([
    ...['.travis.yml', '.gitlab-ci.yml', 'appveyor.yml', '.drone.yml', 'cloudbuild.yaml'],
    ...['codeship-services.yml', 'codeship-steps.yml'],
    ...['.goreleaser.yml', '.sops.yaml', '.flux.yaml'],
  ]),
};

/** Anybody writes fewer: each pattern is asked about each file. */
const MOST = { letters: 50_000, lines: 500 } as const;

function areTooLong(texts: readonly PatternLines[]): boolean {
  const all = texts.map(({ text }) => text).join('\n');
  return all.length > MOST.letters || linesIn(all).length > MOST.lines;
}

type LeavesOut = (path: string, isFolder: boolean) => boolean | undefined;

/** Flux's patterns, in order (docs/facts/flux.md#what-a-source-has): what is below an excluded folder can come back. */
export function leavesOut(texts: readonly PatternLines[]): LeavesOut {
  if (areTooLong(texts)) return () => undefined;
  const patterns = texts.flatMap(patternsIn).reverse();
  return (path, isFolder) => {
    const steps = path.split('/');
    const decisive = patterns.find(
      ({ folder, ...pattern }) =>
        steps.length > folder.length &&
        folder.every((step, index) => steps[index] === step) &&
        (pattern.isUnread || isMatch(pattern, steps.slice(folder.length), isFolder)),
    );
    if (decisive !== undefined) return decisive.isUnread ? undefined : !decisive.isNegated;
    const whole = isFolder ? `${path}/` : path;
    if (OF_GIT.test(whole)) return true;
    const isUsual = USUAL.parts.test(whole) || steps.some(step => USUAL.names.has(step));
    return patterns.length === 0 && isUsual;
  };
}

/** The lines whose patterns are not read, with their numbers from 1. */
export function unreadPatterns(text: string): { readonly line: number; readonly text: string }[] {
  return linesIn(text)
    .map((line, index) => ({ line: index + 1, text: line }))
    .filter(({ text: line }) => isPattern(line) && patternOf(line).isUnread);
}

function patternsIn({ folder, text }: PatternLines) {
  const steps = folder === '' ? [] : folder.split('/');
  const lines = linesIn(text).filter(isPattern);
  return lines.map(line => ({ ...patternOf(line), folder: steps }));
}

function linesIn(text: string): string[] {
  return text.split('\n').map(line => line.replace(/\r$/, ''));
}

function isPattern(line: string): boolean {
  return !line.startsWith('#') && line.trim() !== '';
}

/** A pattern of `.sourceignore` or `spec.ignore`. `isUnread`: it has signs that are not read. */
function patternOf(line: string) {
  const isNegated = line.startsWith('!');
  const whole = line.slice(isNegated ? 1 : 0).replace(/(?<! ) +$/, '');
  const isOfFolders = whole.endsWith('/');
  const path = isOfFolders ? whole.slice(0, -1) : whole;
  return { parts: partsOf(path), isNegated, isOfFolders, isUnread: /[[\\?\uFFFD]/.test(path) };
}

/** Parts, split at stars: the next step, or any later one. A name alone is looked for anywhere; `a**` is no pattern of paths. */
function partsOf(path: string) {
  if (!path.includes('/')) return [{ pieces: path.split('*'), isAnywhere: true }];
  const steps = path.split('/');
  if (steps.some(step => step !== '**' && step.includes('**'))) return [];
  return steps.flatMap((name, index) =>
    name === '' || name === '**'
      ? []
      : [{ pieces: name.split('*'), isAnywhere: steps[index - 1] === '**' }],
  );
}

type Pattern = ReturnType<typeof patternOf>;

function isMatch({ parts, isOfFolders }: Pattern, path: readonly string[], isFolder: boolean) {
  let at = 0;
  for (const { pieces, isAnywhere } of parts) {
    const isNext = (step: string, index: number): boolean =>
      (isAnywhere ? index >= at : index === at) && hasPieces(pieces, step);
    const found = path.findIndex(isNext);
    if (found < 0) return false;
    at = found + 1;
  }
  return at > 0 && !(isOfFolders && !isFolder && at === path.length);
}
