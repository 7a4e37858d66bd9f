import { join } from 'node:path';
import { manifestsOf } from '../../ground/manifests.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import { ARGOCD } from '../../kinds/argocd/application.ts';
import type { Applied, ChartPlace } from '../../kinds/deployment-ends.ts';
import { artifactsOf, throughArtifacts } from '../../kinds/flux/artifact-generator.ts';
import { FLUX_KUSTOMIZE, FLUX_OPERATOR, SOURCE_EXTENSIONS } from '../../kinds/flux/group.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import { isBelow } from '../inside.ts';
import { textAtPlace } from './applied-folder.ts';
import { type Repository, withTree } from './repository.ts';

/** A deployment object as a file has it, before anything has changed it. */
interface RawDeployer {
  /** Its file, without links. */
  readonly place: string;
  readonly object: PlacedObject;
}

/** The deployment objects that are written in a repository. */
export interface RawDeployers {
  /** Those that lie in what they apply first. */
  readonly all: readonly RawDeployer[];
  /** Where in the repository the folder of one is; undefined: nowhere. */
  readonly folderOf: (applied: ChartPlace) => string | undefined;
}

/** Finds the deployment objects of a repository, and which of its folders they mean. */
export function rawDeployers(repository: Repository): RawDeployers {
  const { root, survey } = repository;
  const written = survey.listing.files
    .filter(file => /\.ya?ml$/.test(file))
    .flatMap(file => deployersIn(survey.listing.placeOf(file) || join(root, file), repository));
  const artifacts = written.flatMap(({ object }) => artifactsOf(object));
  const found = written.filter(({ object }) => appliedOf(object).length > 0);
  const elsewhere = otherSources(
    found.flatMap(({ object }) => appliedOf(object)).map(one => throughArtifacts(one, artifacts)),
    repository,
  );
  const folderOf = (one: ChartPlace): string | undefined => {
    const applied = throughArtifacts(one, artifacts);
    return elsewhere.has(sourceId(applied)) ? undefined : localFolder(applied, repository);
  };
  const isOwn = (deployer: RawDeployer): boolean =>
    appliedOf(deployer.object).some(applied => {
      const folder = folderOf(applied);
      return folder !== undefined && isBelow(folder, deployer.place);
    });
  const all = [...found.filter(isOwn), ...found.filter(deployer => !isOwn(deployer))];
  return { all, folderOf };
}

/**
 * The sources that are other repositories: every repository has a root, so one of which nothing
 * else is applied is another's, where there are some of which folders are here.
 */
function otherSources(applied: readonly Applied[], repository: Repository): ReadonlySet<string> {
  const isHere = (one: Applied): boolean =>
    !isRoot(one.path) && localFolder(one, repository) !== undefined;
  const here = new Set(applied.filter(isHere).map(sourceId));
  const others = applied.map(sourceId).filter(id => !here.has(id));
  return new Set(here.size === 0 ? [] : others);
}

/** Whether a path is all of its repository. */
export function isRoot(path: string): boolean {
  return /^[./]*$/.test(path);
}

/** What tells repositories apart; one has several URLs, over ssh and https. */
function sourceId({ url, source }: ChartPlace): string {
  const place = url?.replace(/^[a-z+]+:\/\//, '').replace(/^[\w-]+@/, '');
  return place?.replace(':', '/').replace(/(\.git)?\/?$/, '') ?? JSON.stringify(source);
}

function deployersIn(place: string, repository: Repository): RawDeployer[] {
  const text = textAtPlace(place, repository);
  if (!GROUPS.some(group => text.includes(`${group}/`))) return [];
  return manifestsOf(parseStream(text).value ?? [])
    .map(({ object, path }) => placedObject(object, -1, path, repository.namespace))
    .map(object => ({ place, object: withTree(object, repository.tree) }))
    .filter(({ object }) => appliedOf(object).length > 0 || artifactsOf(object).length > 0);
}

const GROUPS = [FLUX_KUSTOMIZE, FLUX_OPERATOR, ARGOCD, SOURCE_EXTENSIONS];

/** The folders that an object has applied. */
export function appliedOf(object: PlacedObject): readonly Applied[] {
  return object.known?.applies?.(object) ?? [];
}

/**
 * Where the folder of a deployment object is in a repository: from its root on, or, where only a part
 * of one is read, from a folder above that; undefined: nowhere.
 */
function localFolder(
  { path, url = '' }: Pick<Applied, 'path' | 'url'>,
  { root, host }: Repository,
): string | undefined {
  if (isUnresolved(path) || isUnresolved(url)) return undefined;
  for (const top of aboveAndOwn(root)) {
    const place = host.realPath(join(top, path));
    if (place !== undefined && isBelow(root, place)) return place;
    // The whole of a repository has nothing above it.
    if (host.exists(join(top, '.git'))) return undefined;
  }
  return undefined;
}

/** A folder and those above it. */
function aboveAndOwn(folder: string): string[] {
  const steps = folder.split('/');
  return steps
    .map((_, index) => steps.slice(0, steps.length - index).join('/') || '/')
    .slice(0, 20);
}
