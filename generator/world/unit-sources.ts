import { basename, dirname, join, relative, resolve } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { groupBy, isMap, mergedMaps } from '../core/json.ts';
import { isUnresolved, type KubeObject } from '../core/kube-object.ts';
import { onceFor, oncePer, oncePerText } from '../core/once.ts';
import { UNREAD_FILE } from '../kinds/argocd/made-applications.ts';
import type { AppliedFolder, Unknown } from '../kinds/facets.ts';
import { SUBSTITUTE } from '../kinds/flux/kustomization.ts';
import { type KnownContent, knownContent, nothingNamed } from '../kinds/flux/sources.ts';
import { localReleases, unrendered } from '../kinds/helm/release.ts';
import { displayKind, type PlacedObject } from '../kinds/kind.ts';
import { chartReleases } from '../kinds/krm.ts';
import { parseStream } from '../yaml/parse.ts';
import { locate } from '../yaml/places.ts';
import { filledManifests, isRoot, type KnownObjects, textAtPlace } from './appliers.ts';
import { isKustomization } from './folders.ts';
import { contentHash, kustomizationObject, valuesObject } from './helm.ts';
import { isBelow, isInside } from './inside.ts';
import { type Repository, type Survey, withTree } from './repository.ts';
import type { ChartedFile, ManifestSource, ObjectSource } from './source.ts';
import {
  fileSource,
  nothing,
  notRead,
  parseSource,
  topOf,
  unreadable,
  unreadableFinding,
  withoutObjects,
} from './source.ts';
import type { SourceView } from './source-views.ts';
import type { Unit } from './world.ts';

export type Sources = Pick<Unit, 'sources' | 'raw'>;

export interface Reading {
  readonly repository: Repository;
  readonly readObjects: KnownObjects;
  readonly files: NamedFiles;
}

/** The sources of a unit that nothing applies, as they are written. */
export function unappliedSources(read: readonly ManifestSource[], reading: Reading): Sources {
  const { repository, files } = reading;
  const all = read.map(source => withoutForeign(repository.parsed(source)));
  const parsed = all.filter(source => !isScaffold(source));
  return {
    sources: [
      ...parsed.flatMap(source => withCharts(source, files)),
      ...all.filter(isScaffold).map(({ name, file, places = [], number, findings }) => ({
        ...withoutObjects(fileSource(file, { name, places }), number),
        scaffold: findings,
      })),
    ],
    raw: parsed.flatMap(source => rawSources(source, repository)),
  };
}

/** Whether new folders are copied from it (docs/repositories.md#scaffolds): it cannot be built, in a folder or text for such. */
function isScaffold({ file, text, objects, findings }: ObjectSource): boolean {
  const isBroken = findings.length > 0 && objects.length === 0;
  if (!isBroken || findings.some(({ rule }) => rule === 'ambiguous-yaml')) return false;
  if (text === undefined) return SCAFFOLD.test(file);
  return text.includes('{%') || (SCAFFOLD.test(file) && text.includes('{{'));
}

const SCAFFOLD =
  /(?:^|\/)(?:[._]?(?:templates?|skeletons?|scaffold(?:s|ing)?|boilerplates?)|[^/]{0,200}\{\{[^/]{0,200})\//;

/** Broken YAML without an apiVersion is not for Kubernetes but for another program, which may know its tags. */
function withoutForeign(source: ObjectSource): ObjectSource {
  const isBroken = source.text !== undefined && source.findings.length > 0;
  if (!isBroken || source.isBuilt || source.text.includes('apiVersion')) return source;
  return { ...source, findings: [], otherDocuments: 1 };
}

function withCharts(source: ObjectSource, files: NamedFiles): ObjectSource[] {
  const { charted = [], unknowns = [] } = source;
  return [
    { ...source, unknowns: unknowns.filter(({ isChart }) => isChart !== true) },
    ...charted.map(file => files.charted(file)),
  ];
}

function rawSources(source: ObjectSource, { bounds, host, read, parsed }: Repository) {
  const { text, places = [], namespace: home } = source;
  if (text !== undefined) return [];
  const placing = home === undefined ? {} : { namespace: home, isForced: true };
  return places
    .filter(place => /\.(ya?ml|json)$/.test(place) && !isKustomization(basename(place)))
    .filter(place => isInside(bounds, place, host) && host.kindOf(place) === 'file')
    .map(place => placed({ ...parsed(read(place)), findings: [] }, placing));
}

type Placing = Pick<AppliedFolder, 'namespace' | 'isForced' | 'metadata'>;

function placed(source: ObjectSource, applied: Placing): ObjectSource {
  const { namespace, metadata, isForced = false } = applied;
  if (namespace === undefined && metadata === undefined) return source;
  const objects = source.objects.map(written => {
    const object = withMetadata(written, metadata);
    const isOwn = object.knownKind?.isOfCluster === true || (object.namespace !== '' && !isForced);
    return namespace === undefined || isOwn ? object : { ...object, namespace };
  });
  return { ...source, objects };
}

function withMetadata(object: PlacedObject, added: Placing['metadata']): PlacedObject {
  const written: unknown = object.json.metadata;
  if (added === undefined || !isMap(written)) return object;
  const metadata = mergedMaps(written, added) as unknown as KubeObject['metadata'];
  return { ...object, json: { ...object.json, metadata } };
}

interface FolderToApply {
  readonly folder: string;
  readonly applied: AppliedFolder;
  readonly by: PlacedObject;
  readonly manifests: readonly ManifestSource[] | undefined;
  readonly view: SourceView;
}

/** The sources of a unit, as the deployment object that applies it changes them. */
export function appliedSources(toApply: FolderToApply, reading: Reading): Sources {
  const { folder, applied, by, manifests, view } = toApply;
  const { repository, readObjects, files } = reading;
  const overrides = [...overridesIn(toApply, repository), ...unknownParts(toApply, repository)];
  if (manifests === undefined) {
    const name = repository.shown(folder);
    const unknown = unknownIn(applied.namespace, { what: `the Helm chart "${name}"` });
    const chart = { ...nothing(name, unknown), places: [folder] };
    return { sources: [withContents(chart, folder, repository), ...overrides], raw: [] };
  }
  const named = resolve(join(repository.bounds, applied.path));
  const linked = repository.host.realPath(named) === folder && named !== folder ? [named] : [];
  const { substitute } = applied;
  const variables = substitute && readObjects.variablesOf(substitute, by);
  const built = manifests
    .map(source => filledSource(source, variables, repository))
    .map(source =>
      withoutLacking({ ...source, links: [...linked, ...(source.links ?? [])] }, view, repository),
    )
    .flatMap(source => withCharts(source, files))
    .map(source => placed(source, applied));
  const sources = [...withUnread(built, folder, view), ...overrides];
  const raw = sources.flatMap(source => rawSources(source, repository));
  return { sources, raw: raw.map(source => placed(source, applied)) };
}

/** The files that override an Application and are not read: they are sources so that a change of them is seen. */
function overridesIn(
  { folder, applied: { overrides = [], namespace }, by }: FolderToApply,
  { host, shown, read, parsed }: Repository,
): ObjectSource[] {
  return overrides.flatMap(({ name, isRead, mayMake }) => {
    const place = join(folder, name);
    if (isRead || host.kindOf(place) === undefined) return [];
    const file = shown(place);
    const what = `"${file}", which is laid over the Application "${by.name}"`;
    const hint =
      'What is read: kustomize with prefixes, a namespace, labels, annotations, patches, images, replicas and components, and directory.';
    const source = fileSource(file, {
      text: read(place).text ?? '',
      places: [place],
      isForeign: true,
      unread: [notRead(what, hint, topOf(file))],
      unknowns: mayMake ? [unknownIn(namespace, { what })] : [],
    });
    return [parsed(source)];
  });
}

/** What a plugin of the applier, or a patch of it, makes of the folder in a way that is not known. */
function unknownParts({ folder, applied, by }: FolderToApply, repository: Repository) {
  const { shown, parsed } = repository;
  const { isPlugged, isPatchedUnseen, namespace, path } = applied;
  const file = shown(folder);
  const files = unreadFiles(applied, repository);
  const makers = [
    { is: isPlugged, maker: 'a plugin of Argo CD', hint: 'Nothing of a repository is run here.' },
    { is: isPatchedUnseen, maker: 'its templatePatch', hint: PATCH_HINT },
  ];
  const parts = makers
    .filter(({ is }) => is === true)
    .map(({ maker, hint }) => {
      const what = `what ${maker} makes of "${path}" for the ${by.kind} "${by.name}"`;
      const unknowns = [unknownIn(namespace, { what })];
      return { places: [folder], unread: [notRead(what, hint)], unknowns };
    });
  const all = files.places.length === 0 ? parts : [...parts, files];
  return all.map(part => parsed(fileSource(file, part)));
}

/** The files that generators read and that are no objects: nobody can tell what becomes of what these gave before. */
function unreadFiles({ open = [] }: AppliedFolder, { bounds, shown }: Repository) {
  const named = open.filter(word => word.startsWith(UNREAD_FILE));
  const places = named.map(word => join(bounds, word.slice(UNREAD_FILE.length)));
  const findings = places.map(shown).map(file => {
    const message = `not read: "${file}", of which a generator makes Applications: it is no object, or not all readers take it alike`;
    return unreadableFinding(message, 'Write an object, each name of it once.', topOf(file));
  });
  return { places, findings };
}

const PATCH_HINT =
  'Write its fields in their own letters, and the sources and the destination without parameters that only a cluster has.';

function withoutLacking(source: ObjectSource, view: SourceView, { shown, parsed }: Repository) {
  const { links = [] } = source;
  const lacking = [...links, ...(source.places ?? [])].find(view.lacks);
  if (lacking === undefined) return source;
  const who = links.includes(lacking)
    ? 'Flux, which packs no links,'
    : '.sourceignore, or the source,';
  const message = `it cannot be built: ${who} leaves out ${shown(lacking)}`;
  const hint = 'Keep it in the source, or remove it where it is named.';
  const { name, file, places = [] } = source;
  return parsed({ ...unreadable(name, file, message, hint), places });
}

function withUnread([first, ...others]: readonly ObjectSource[], folder: string, view: SourceView) {
  if (first === undefined) return [];
  const places = [first, ...others].flatMap(source => source.places ?? []);
  const unread = view.unread(folder, places);
  const all = [...(first.unread ?? []), ...unread];
  return [all.length === 0 ? first : { ...first, unread: all }, ...others];
}

function filledSource(
  source: ManifestSource,
  variables: ReturnType<KnownObjects['variablesOf']> | undefined,
  repository: Repository,
): ObjectSource {
  const { number, parsed, host, namespace, parse } = repository;
  const { name, text, file, isBuilt } = source;
  const places = source.places ?? [host.realPath(file) ?? []].flat();
  const all = { ...source, places };
  if (variables === undefined || text === undefined || !/\$[{$]/.test(text)) return parsed(all);
  // What kustomize printed can be read, and without this word Flux fills in all of it.
  const written = isBuilt && !text.includes(SUBSTITUTE) ? undefined : parsed(all);
  if (written?.findings.length) return written;
  const filled = filledManifests({ objects: written?.objects ?? [], text }, variables);
  if (written !== undefined && filled === text) return written;
  const own = written?.number ?? number();
  if (filled !== undefined)
    return { ...parseSource({ ...all, text: filled }, own, namespace, parse), text };
  const why = 'not read: its variables make it longer than all that a cluster takes';
  return withoutObjects({ ...unreadable(name, file, why), places }, own);
}

/** A source with the hash of its folder's files. If some cannot be read it is one that no other side has, as nobody knows whether they change. */
function withContents(written: ManifestSource, place: string, repository: Repository) {
  const { bounds, host } = repository;
  const source = repository.parsed(written);
  const contents = onceFor(() => contentHash(place, bounds, host) ?? String(source.number));
  return { ...source, contents };
}

/** A folder that a deployment object applies, and that is not in the repository. */
export function absentFolder(
  object: PlacedObject,
  applied: AppliedFolder,
  url: string | undefined,
  repository: Repository,
): ObjectSource {
  const { path, at } = applied;
  const what = `the ${displayKind(object)} "${object.name}" (${whyAbsent(applied)})`;
  const near = nearFolder(path, repository);
  const chart: KnownContent = { mayMake: nothingNamed };
  const content = applied.tool === 'helm' ? chart : knownContent(url, path);
  const namespace = applied.namespace ?? content?.namespace;
  const mayMake = content && { mayMake: content.mayMake };
  const unknown = unknownIn(namespace, { what, isFolder: true, ...mayMake });
  return {
    ...repository.parsed(nothing(`${object.kind} ${object.name}`, unknown)),
    ...unreadFiles(applied, repository),
    ...(near !== undefined && { lost: { path, at, near, object } }),
  };
}

function unknownIn(namespace: string | undefined, unknown: Unknown): Unknown {
  return namespace === undefined || isUnresolved(namespace) ? unknown : { ...unknown, namespace };
}

function whyAbsent({ path, url = '', open = [] }: AppliedFolder): string {
  if (isUnresolved(path + url) && open.length > 0)
    return `it is not known what its generators give: ${open.join(', ')}`;
  return isRoot(path) ? 'its source is another repository' : `its folder "${path}" is not here`;
}

function nearFolder(path: string, { survey }: Repository): string | undefined {
  const steps = path.split('/').filter(step => step !== '' && step !== '.');
  const near = foldersBySteps(survey).get(steps.length) ?? [];
  const found = near.find(names => {
    const index = names.findIndex((name, index) => name !== steps[index]);
    if (index < 0 || names.some((name, later) => later > index && name !== steps[later]))
      return false;
    const [name = '', step = ''] = [names[index], steps[index]];
    return step.length > 3 && distance(step, name) < 3;
  });
  return found?.join('/');
}

const foldersBySteps = oncePer(({ listing }: Survey) => {
  const folders = [...new Set(listing.files.map(dirname))].map(folder => folder.split('/'));
  return groupBy(folders, ({ length }) => length);
});

/** Files with values that objects of a repository name, each read once. */
export class NamedFiles {
  readonly sources: ObjectSource[] = [];
  private readonly repository: Repository;

  constructor(repository: Repository) {
    this.repository = repository;
  }

  withFiles(source: ObjectSource): ObjectSource {
    const [place = ''] = source.places ?? [];
    const objects = source.objects.map(object => this.objectWithFiles(object, dirname(place)));
    return { ...source, objects };
  }

  /** Adds a file or folder of which only a change is seen. */
  addContents(path: string): void {
    const place = this.placeOf(path);
    if (place !== undefined) this.compare(place);
  }

  private readonly compare = oncePerText((place: string): void => {
    const source = fileSource(this.repository.shown(place), { places: [place] });
    this.sources.push(withContents(source, place, this.repository));
  });

  charted({ file, place, text, rendered, hasOthers }: ChartedFile): ObjectSource {
    const { root, namespace, parsed } = this.repository;
    const source = parsed(fileSource(file, { places: [place] }));
    const [document] = parseStream(text).value ?? [];
    const name = relative(root, dirname(place)) || '.';
    const written = kustomizationObject(document, source.number, namespace);
    const object = { ...written, name, rendered: new Set(rendered) };
    const objects = [this.objectWithFiles(object, dirname(place))];
    for (const { local } of unrendered(object, localReleases(objects.flatMap(chartReleases))))
      this.addContents(join(dirname(place), local.path));
    if (hasOthers === true) this.addContents(dirname(place));
    return { ...source, text, objects, isNoObject: true };
  }

  private objectWithFiles(bare: PlacedObject, folder: string): PlacedObject {
    const { root, tree } = this.repository;
    const object = withTree(bare, tree);
    const names = object.knownKind?.applies?.valueFiles?.(object) ?? [];
    if (names.length === 0) return object;
    const found = names.flatMap(name => {
      const place = this.placeOf(join(name.startsWith('/') ? root : folder, name));
      const file = place === undefined ? undefined : this.valuesAt(place);
      return file === undefined ? [] : [[name, file] as const];
    });
    return { ...object, files: new Map(found) };
  }

  private placeOf(path: string): string | undefined {
    const { root, host } = this.repository;
    const place = host.realPath(path);
    return place !== undefined && isBelow(root, place) ? place : undefined;
  }

  private readonly valuesAt = oncePerText((place: string): PlacedObject | undefined => {
    const text = textAtPlace(place, this.repository);
    const file = this.repository.shown(place);
    const findings = locate(parseStream(text).faults, { file, text, isStream: true });
    const source = this.repository.parsed(fileSource(file, { findings, places: [place] }));
    this.sources.push({ ...source, text, contents: () => text });
    return valuesObject(text, file, source.number);
  });
}
