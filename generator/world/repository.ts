import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import type { Place } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy, isMap, type Json, mapAt } from '../core/json.ts';
import { onceFor, oncePerText } from '../core/once.ts';
import { checkSchema } from '../core/schema.ts';
import { isExternalSecret } from '../kinds/eso/external-secret.ts';
import type { RepositoryTree } from '../kinds/facets.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { KRM, kustomizationFile } from '../kinds/krm.ts';
import { coreService } from '../kinds/kubernetes.ts';
import { type ParseStream, parseManifests, parseStream } from '../yaml/parse.ts';
import { placesIn } from '../yaml/places.ts';
import { isKustomization, type Listing, listingOf } from './folders.ts';
import { boundsOf, IS_SUBMODULE, isBelow, pathFrom } from './inside.ts';
import type { Kustomization } from './kustomize/kustomization.ts';
import { entryPath, isComponent, kustomizationsOf, loadsOf } from './kustomize/kustomization.ts';
import type { Allowed } from './programs.ts';
import type { ManifestSource, ObjectSource } from './source.ts';
import { fileSource, parseSource, readFound } from './source.ts';

/** A repository, or another folder that is read as a whole. */
export interface Repository {
  readonly root: string;
  /** The folder that its kustomizations may not leave. */
  readonly bounds: string;
  readonly survey: Survey;
  /** The listing with what the config of lint excludes. */
  readonly whole: () => Listing;
  readonly tree: RepositoryTree;
  readonly allowed: Allowed;
  /** The namespace of objects that name none and get none. */
  readonly namespace: string;
  readonly parse: ParseStream;
  readonly number: () => number;
  readonly parsed: (source: ManifestSource) => ObjectSource;
  readonly host: Host;
  readonly shown: (place: string) => string;
  /** The file at a place, by the name that a user knows. */
  readonly read: (place: string) => ManifestSource;
}

/** Reads the folders of a repository; `named`: the paths that a user named in it. */
export function repositoryOf(
  root: string,
  named: readonly string[],
  options: Partial<Pick<Repository, 'allowed' | 'namespace' | 'parse' | 'number'>>,
  host: Host,
): Repository {
  const shown = shownBy(named, host);
  const survey = surveyOf(root, host, file => shown(join(root, file)));
  sayMany(shown(root), survey, host);
  const bounds = boundsOf(root, host);
  const whole = onceFor(() => (host.whole ? listingOf(root, host.whole) : survey.listing));
  const tree = repositoryTree({ root, bounds, whole }, host);
  const usual = { allowed: {}, namespace: '', parse: parseManifests, number: () => -1, ...options };
  const { namespace, parse, number } = usual;
  const parsed: Repository['parsed'] = source => parseSource(source, number(), namespace, parse);
  const read = (place: string): ManifestSource => readFound(shown(place), host);
  return { ...usual, root, bounds, survey, whole, tree, host, shown, read, parsed };
}

/** A folder with more files is probably not the repository of manifests that a user meant. */
const MANY = 20_000;

function sayMany(folder: string, { listing: { files } }: Survey, host: Host): void {
  if (files.length <= MANY) return;
  const hint = '"exclude" of .rem-secrets-lint.yaml leaves folders out';
  const what = `all ${files.length} files below ${JSON.stringify(folder)} are looked at`;
  host.stderr(`rem-secrets: ${what}; ${hint}\n`);
}

function shownBy(named: readonly string[], host: Host): Repository['shown'] {
  const folders = named.map(path => ({ path, folder: host.realPath(path) }));
  const here = host.realPath('.') ?? host.cwd;
  const isElsewhere = named.some(isAbsolute);
  return place => {
    for (const { path, folder } of folders)
      if (folder !== undefined && isBelow(folder, place))
        return join(path, relative(folder, place));
    return isElsewhere && !isBelow(here, place) ? place : relative(here, place) || '.';
  };
}

function repositoryTree(read: Pick<Repository, 'root' | 'bounds' | 'whole'>, host: Host) {
  const { root, bounds, whole } = read;
  const paths = onceFor(() => {
    const { files, placeOf, hiddenAt } = whole();
    const unlinked = files.filter(file => placeOf(file) === join(root, file));
    return [...unlinked, ...hiddenAt(root)].map(file => pathFrom(bounds, join(root, file))).sort();
  });
  // Argo CD gives no hidden folder to `directories`, and fetches submodules (docs/facts/argocd.md#git-generators).
  const folders = onceFor(() => {
    const submodules = whole().unread.filter(({ reason }) => reason.startsWith(IS_SUBMODULE));
    const inside = submodules.map(({ file }) => relative(bounds, join(root, file, 'any')));
    const all = new Set([...paths(), ...inside].flatMap(foldersAbove));
    return [...all].filter(path => !/(?:^|\/)\./.test(path)).sort();
  });
  return {
    get files() {
      return paths();
    },
    get folders() {
      return folders();
    },
    documentIn: oncePerText(file => {
      const place = join(bounds, file);
      const { text } = host.kindOf(place) === undefined ? {} : readFound(place, host);
      const [document] = (text === undefined ? undefined : parseStream(text).value) ?? [];
      return document as Json | undefined;
    }),
  };
}

/** An object with the tree of its repository, if its kind reads that. */
export function withTree(object: PlacedObject, tree: RepositoryTree): PlacedObject {
  return object.knownKind?.applies?.needsRepository === true ? { ...object, tree } : object;
}

/** The kustomizations in a folder and below it, and the manifests that belong to none. */
export interface Survey {
  readonly listing: Listing;
  readonly kustomizations: readonly Kustomization[];
  /** The files of kustomizations that no other kustomization uses. */
  readonly tops: readonly string[];
  readonly components: readonly string[];
  readonly bases: readonly string[];
  /** Manifests that no kustomization uses, and that lie neither below one nor in a chart. */
  readonly loose: readonly string[];
  /** The folders of charts that are part of no other chart. */
  readonly charts: readonly string[];
  /** Files that no kustomization uses, beside one that lists other files of its folder. */
  readonly unlisted: readonly string[];
  /** Folders with a kustomization that nothing uses, beside folders that the kustomization above them lists. */
  readonly unlistedFolders: readonly UnlistedFolder[];
  /** What cannot be read, and is named by no kustomization. */
  readonly unread: Listing['unread'];
}

/** A folder that a kustomization seems to leave out by mistake. */
export interface UnlistedFolder {
  readonly file: string;
  readonly by: Kustomization;
}

/** Surveys a folder; `shown`: the name by which a user knows a file of the listing. */
export function surveyOf(
  path: string,
  host: Host,
  shown: (file: string) => string = file => join(path, file),
): Survey {
  const listing = listingOf(path, host);
  const { files, placeOf } = listing;
  const roots = files.filter(file => isKustomization(basename(file)));
  const documents = new Map(
    roots.map(file => {
      const folder = { shown: dirname(shown(file)), place: dirname(placeOf(file)) };
      return [file, kustomizationsOf(folder, host)];
    }),
  );
  const kustomizations = [...documents.values()].flat();
  const loaded = kustomizations.flatMap(loadsOf).map(entryPath);
  const used = new Set(loaded.flatMap(path => [path, host.realPath(path) ?? path]));
  const places = new Set(files.map(placeOf));
  const isExpected = listedBeside(kustomizations, place => places.has(place));
  const folders = new Set(roots.map(dirname));
  const charts = new Set(files.filter(file => basename(file) === 'Chart.yaml').map(dirname));
  const others = files.filter(file => !isKustomization(basename(file)) && !used.has(placeOf(file)));
  const free = others.filter(file => /\.(ya?ml|json)$/.test(file));
  const isLoose = (file: string): boolean =>
    !(folders.has('.') && dirname(file) === '.') &&
    !foldersAbove(file).some(folder => folders.has(folder) || charts.has(folder));
  const isUnlisted = (file: string): boolean => /\.ya?ml$/.test(file) && isExpected(placeOf(file));
  const isUsed = (file: string): boolean => used.has(dirname(placeOf(file)));
  const whole = roots.filter(file => !(documents.get(file) ?? []).some(isComponent));
  const tops = whole.filter(file => !isUsed(file));
  return {
    listing,
    kustomizations,
    tops,
    components: roots.filter(file => !whole.includes(file) && !isUsed(file)),
    bases: whole.filter(isUsed),
    charts: [...charts].filter(chart => !foldersAbove(chart).some(folder => charts.has(folder))),
    loose: oncePerFile(free.filter(isLoose), listing),
    unlisted: oncePerFile(free.filter(isUnlisted), listing),
    unlistedFolders: unlistedFolders(kustomizations, tops, placeOf),
    unread: listing.unread.filter(
      ({ file }) => !used.has(placeOf(file)) && !used.has(join(path, file)),
    ),
  };
}

function oncePerFile(files: readonly string[], { placeOf, behind }: Listing): string[] {
  const names = new Map<string, string>();
  for (const file of files) {
    const place = placeOf(file);
    const target = behind(place);
    if (place === target || !names.has(target)) names.set(target, file);
  }
  return files.filter(file => names.get(behind(placeOf(file))) === file);
}

/** The folders that a path is in, from the outermost on. */
export function foldersAbove(file: string): string[] {
  const steps = file.split('/').slice(0, -1);
  return steps.map((_, index) => steps.slice(0, index + 1).join('/'));
}

/** The rule for a manifest that its kustomization does not list. */
export const UNLISTED = 'unlisted-manifest';

function listedBeside(all: readonly Kustomization[], isFile: (place: string) => boolean) {
  const isListing = (by: Kustomization): boolean =>
    loadsOf(by).every(({ kind }) => kind !== 'function') && listedIn(by).some(isFile);
  const texts = new Map(all.filter(isListing).map(({ folder, text }) => [folder, text]));
  return (place: string): boolean => texts.get(dirname(place))?.includes(basename(place)) === false;
}

function listedIn(by: Kustomization): string[] {
  const bases = loadsOf(by).filter(({ kind }) => kind === 'base');
  return bases.map(entryPath).filter(place => dirname(place) === by.folder);
}

function unlistedFolders(
  kustomizations: readonly Kustomization[],
  unused: readonly string[],
  placeOf: (file: string) => string,
): UnlistedFolder[] {
  const homes = new Set(kustomizations.map(({ folder }) => folder));
  const placed = unused.map(file => ({ file, place: dirname(placeOf(file)) }));
  const unusedIn = groupBy(placed, ({ place }) => dirname(place));
  return kustomizations.flatMap(by => {
    const siblings = unusedIn.get(by.folder) ?? [];
    const left = siblings.filter(({ place }) => !by.text.includes(basename(place)));
    const listed = listedIn(by).filter(place => homes.has(place));
    const isIntended = listed.length < 2 || left.length * 2 > listed.length;
    return isIntended ? [] : left.map(({ file }) => ({ file, by }));
  });
}

/** The finding for a folder whose objects no kustomization lists; undefined: that may be intended. */
export function unlistedFolder(
  { file, by }: UnlistedFolder,
  objects: readonly PlacedObject[],
): ManifestSource | undefined {
  const first = objects.find(object => makesOr(object, 'reads', 'pods'));
  if (first === undefined || objects.some(isByHand)) return undefined;
  const name = basename(dirname(file));
  return unlistedSource(
    name,
    `the folder "${name}" with ${first.kind} "${first.name}" is not listed, and its neighbours are`,
    placesIn({ file: by.file, text: by.text })({ path: ['resources'] }),
    'resources',
  );
}

function unlistedSource(name: string, message: string, at: Place, field = ''): ManifestSource {
  const hint = `Add ${name} to resources, or move it where nobody takes it for a part of the kustomization.`;
  const finding = { rule: UNLISTED, severity: 'warning', message, hint, field, at } as const;
  return fileSource(at.file, { findings: [finding] });
}

/** The finding for a manifest that no kustomization lists; undefined: that may be intended. */
export function unlistedManifest(
  { objects, file }: ObjectSource,
  { validators }: Pick<Host, 'validators'>,
): ManifestSource | undefined {
  const [first] = objects;
  if (first === undefined || PATCH.test(basename(file))) return undefined;
  if (objects.some(isByHand) || !objects.some(object => makesOr(object, 'reads', 'pods')))
    return undefined;
  const isPart = ({ json }: PlacedObject): boolean =>
    checkSchema(json, validators).some(({ id }) => id === 'missing-field');
  if (objects.some(isPart)) return undefined;
  const message = `not read: the kustomization beside it lists its neighbours, and not this file with ${first.kind} "${first.name}"`;
  return unlistedSource('it', message, { file, line: 1, column: 1 });
}

/** The name of a patch, which may be for another folder. */
const PATCH = /(?:^|[._-])patch(?:es)?[._-]/;

function isByHand({ json, knownKind, group }: PlacedObject): boolean {
  const annotations = mapAt(json.metadata, 'annotations');
  return (
    knownKind?.applies?.folders !== undefined ||
    group === kustomizationFile.group ||
    isMap(json['sops']) ||
    Object.keys(annotations).some(name => name.startsWith(`${KRM}/`))
  );
}

/** Whether an object makes Secrets, or has one of these facts. Of Services hardly any does. */
export function makesOr(object: PlacedObject, ...facts: readonly ('reads' | 'pods')[]): boolean {
  const { knownKind } = object;
  if (knownKind === coreService) return false;
  const all = (['makes', ...facts] as const).map(fact => knownKind?.[fact]);
  return all.some(fact => fact !== undefined) || isExternalSecret(object);
}
