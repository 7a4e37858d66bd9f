import { basename, dirname } from 'node:path';
import type { Found } from '../../adopt/wanted.ts';
import type { Host } from '../../ground/host.ts';
import { cutName, plainName } from '../../ground/plain-name.ts';
import { coreNamespace } from '../../kinds/core/namespace.ts';
import { builtPath } from '../../read/kustomization-files.ts';
import type { Allowed } from '../../read/kustomize/allowed.ts';
import type { ManifestSource } from '../../read/manifest-source.ts';
import { readManifests } from '../../read/read-manifests.ts';
import { type ObjectSource, parseSource } from '../../read/sets/parse-source.ts';
import { isDeployerFolder } from '../generated-folders.ts';
import { wrongUsage } from '../usage.ts';
import { isMarkdown, readMarkdown } from './markdown.ts';

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
    ({ isBuilt, objects }) => !isBuilt && objects.some(({ known }) => known?.applies === undefined),
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
