import { basename, dirname } from 'node:path';
import { type Host, textOf } from '../core/host.ts';
import { cutName, plainName } from '../core/kube-object.ts';
import { placesFor } from '../environments/places.ts';
import { coreNamespace } from '../kinds/core/service.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { wrongUsage } from '../shell/command.ts';
import { isDeployerFolder } from '../shell/print.ts';
import { builtPath } from '../world/folders.ts';
import type { ManifestSet } from '../world/object-set.ts';
import type { Allowed } from '../world/programs.ts';
import { readManifests } from '../world/read-manifests.ts';
import { type ManifestSource, type ObjectSource, parseSource } from '../world/source.ts';
import { type Comment, commentsOf } from '../yaml/places.ts';
import { documentTexts } from '../yaml/syntax.ts';
import type { CommentsOf } from './remarks.ts';
import { isMarkdown, readMarkdown } from './report.ts';
import type { Found } from './wanted.ts';

/** The comments of one text, by the numbers of its documents. */
type Comments = ReturnType<typeof commentsOf>;

/**
 * The comments of the manifests that objects are read from: of what kustomize built, in the file of its
 * resource. Each file is looked through once.
 */
export function commentReader(sets: readonly ManifestSet[], host: Host): CommentsOf {
  const sources = new Map(
    sets.flatMap(set =>
      set.sources.map((source): [number, ObjectSource] => [source.number, source]),
    ),
  );
  const placeOf = placesFor(sets, host);
  const texts = new Map<string, string>();
  const known = new Map<string, Comments>();
  const commentsIn = (file: string, text: () => string): Comments => {
    const comments = known.get(file) ?? commentsOf(texts.get(file) ?? text());
    known.set(file, comments);
    return comments;
  };
  return object => {
    const source = sources.get(object.file);
    if (source === undefined) return [];
    if (!source.isBuilt)
      return ofObject(
        object,
        commentsIn(`${source.number}`, () => source.text ?? ''),
      );
    const at = placeOf(object, ['kind']);
    if (at === undefined || at.file === source.file || host.kindOf(at.file) !== 'file') return [];
    const text = texts.get(at.file) ?? textOf(at.file, host);
    texts.set(at.file, text);
    const number = documentAt(text, at.line);
    return commentsIn(at.file, () => text).get(number) ?? [];
  };
}

/** Of an object in a List only what stands in it. */
function ofObject(
  { path: [number, ...inDocument] }: PlacedObject,
  comments: Comments,
): readonly Comment[] {
  const own = comments.get(Number(number)) ?? [];
  return own
    .filter(({ path }) => inDocument.every((step, index) => path[index] === step))
    .map(comment => ({ ...comment, path: comment.path.slice(inDocument.length) }));
}

/** The number of the document that a line, from 1, is in. */
function documentAt(text: string, line: number): number {
  const offset = text.split('\n').slice(0, line).join('\n').length;
  const documents = documentTexts(text) ?? [];
  return Math.max(
    0,
    documents.findLastIndex(({ start }) => start <= offset),
  );
}

/** Manifests of one environment. */
export interface ReadEnvironment extends Found {
  readonly sources: readonly ObjectSource[];
}

/** A path that is to be imported, with the name of its environment if a user gives it one. */
interface NamedPath {
  readonly name?: string;
  readonly path: string;
}

/**
 * Reads what is to be imported. Environments are the paths that are named (`dev=overlays/dev`), or else
 * the kustomizations that have most of their objects in common; all other manifests are one set.
 */
export function readEnvironments(
  args: readonly string[],
  allowed: Allowed,
  host: Host,
): readonly ReadEnvironment[] {
  let number = 0;
  const all = args.map(arg => {
    const named = namedPath(arg, host);
    const sources = sourcesAt(named.path, allowed, host);
    return { ...named, sources: sources.map(source => parseSource(source, number++, '')) };
  });
  const read = withoutDeployers(all, host);
  const named = read.filter(({ name }) => name !== undefined);
  if (named.length > 0 && named.length < read.length)
    wrongUsage(
      'name all environments or none: rem-secrets import dev=overlays/dev prod=overlays/prod',
    );
  if (named.length > 0) return named.map(({ name = '', sources }) => environment(name, sources));
  const sources = read.flatMap(one => one.sources);
  const built = sources.filter(({ isBuilt }) => isBuilt);
  const relation = relationOf(built);
  if (relation === 'one set') return [environment('', sources)];
  if (relation === 'several things')
    wrongUsage(
      'these are several things, with environments of their own: import the overlays of each by themselves',
    );
  const names = environmentNames(built);
  // Who applies the environments is told of in the report.
  const loose = sources.filter(
    ({ isBuilt, objects }) =>
      !isBuilt && objects.some(({ known }) => known?.applies?.folders === undefined),
  );
  if (loose.length > 0)
    wrongUsage(
      `${loose[0]?.name} belongs to no environment; import the kustomizations alone: rem-secrets import ${built
        .map(({ name }, index) => `${names[index]}=${name}`)
        .join(' ')}`,
    );
  return built.map((source, index) => environment(names[index] ?? '', [source]));
}

type Read = NamedPath & { readonly sources: readonly ObjectSource[] };

/** Beside overlays what applies them is none of their objects: `deployerTree` looks for it. */
function withoutDeployers(all: readonly Read[], host: Host): readonly Read[] {
  const isApplied = ({ name }: ObjectSource): boolean => !isDeployerFolder(name, host);
  const rest = all.map(one => ({ ...one, sources: one.sources.filter(isApplied) }));
  const left = rest.filter(
    ({ sources }, index) => sources.length > 0 || all[index]?.sources.length === 0,
  );
  return left.length === 0 ? all : left;
}

function environment(name: string, sources: readonly ObjectSource[]): ReadEnvironment {
  return { name, sources, objects: sources.flatMap(({ objects }) => [...objects]) };
}

/** `NAME=PATH`, unless that is the name of something. */
function namedPath(arg: string, host: Host): NamedPath {
  const [, name, path] = /^([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)=(.+)$/.exec(arg) ?? [];
  return name === undefined || path === undefined || host.exists(arg)
    ? { path: arg }
    : { name, path };
}

function sourcesAt(path: string, allowed: Allowed, host: Host): readonly ManifestSource[] {
  if (path !== '-' && host.kindOf(path) === undefined) wrongUsage(`there is no ${path}`);
  return isMarkdown(path, host)
    ? readMarkdown(path, host)
    : readManifests(builtPath(path), host, allowed);
}

/** The names of the folders, from as far above as keeps them apart. */
function environmentNames(sources: readonly ObjectSource[]): string[] {
  const folders = sources.map(({ file }) => dirname(file));
  for (let depth = 1; depth < 6; depth += 1) {
    const names = folders.map(
      folder => cutName(plainName(lastFolders(folder, depth)), 63) || 'environment',
    );
    if (new Set(names).size === names.length) return names;
  }
  return folders.map((_, index) => `environment-${index + 1}`);
}

function lastFolders(folder: string, depth: number): string {
  const parts = folder.split('/').filter(part => part !== '.' && part !== '');
  return parts.slice(-depth).join('-') || basename(folder);
}

/** What kustomizations are to each other. */
type Relation = 'environments' | 'one set' | 'several things';

/**
 * Kustomizations are environments of one thing where most have half of their objects in common with each
 * other, by kind and name; those of different things may have an object or two of one name. Where some
 * are and others are not, several things have environments of their own.
 */
function relationOf(built: readonly ObjectSource[]): Relation {
  const sets = built.map(refsOf).filter(refs => refs.size > 0);
  const alike = sets.map(
    refs => sets.filter(other => other !== refs && isAlike(refs, other)).length,
  );
  const most = Math.max(0, ...alike);
  if (most === 0) return 'one set';
  return (most + 1) * 2 >= sets.length ? 'environments' : 'several things';
}

function isAlike(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const both = [...a].filter(ref => b.has(ref)).length;
  return both > 0 && both * 2 >= Math.min(a.size, b.size);
}

/** Namespaces differ from environment to environment. */
function refsOf({ objects }: ObjectSource): ReadonlySet<string> {
  return new Set(
    objects
      .filter(({ known }) => known !== coreNamespace)
      .map(({ group, kind, name }) => `${group}/${kind}/${name}`),
  );
}
