import { join } from 'node:path';
import { manifestsOf } from '../../ground/manifests.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import { ARGOCD } from '../../kinds/argocd/application.ts';
import type { Applied } from '../../kinds/deployment-ends.ts';
import { FLUX_KUSTOMIZE } from '../../kinds/flux/group.ts';
import { itemOf } from '../../kinds/item-of.ts';
import type { Item } from '../../kinds/kind.ts';
import { isBelow } from '../inside.ts';
import { textAtPlace } from './applied-folder.ts';
import type { Repository } from './repository.ts';

/** A deployment object as a file has it, before anything has changed it. */
export interface RawDeployer {
  /** Its file, without links. */
  readonly place: string;
  readonly item: Item;
}

/** The deployment objects that are written in a repository: those that lie in what they apply first. */
export function rawDeployers(repository: Repository): RawDeployer[] {
  const { root, survey } = repository;
  const found = survey.listing.files
    .filter(file => /\.ya?ml$/.test(file))
    .flatMap(file => deployersIn(survey.listing.placeOf(file) || join(root, file), repository));
  const isOwn = (deployer: RawDeployer): boolean =>
    appliedOf(deployer.item).some(applied => {
      const folder = localFolder(applied, repository);
      return folder !== undefined && isBelow(folder, deployer.place);
    });
  return [...found.filter(isOwn), ...found.filter(deployer => !isOwn(deployer))];
}

function deployersIn(place: string, repository: Repository): RawDeployer[] {
  const text = textAtPlace(place, repository);
  if (!text.includes(FLUX_KUSTOMIZE) && !text.includes(`${ARGOCD}/`)) return [];
  return manifestsOf(parseStream(text).value ?? [])
    .map(({ object, path }) => ({ place, item: itemOf(object, -1, path, repository.namespace) }))
    .filter(({ item }) => appliedOf(item).length > 0);
}

/** The folders that an object has applied. */
export function appliedOf(item: Item): readonly Applied[] {
  return item.known?.applies?.(item) ?? [];
}

/**
 * Where the folder of a deployment object is in a repository: from its root on, or, where only a part
 * of one is read, from a folder above that; undefined: nowhere.
 */
export function localFolder(
  { path }: Pick<Applied, 'path'>,
  { root, host }: Repository,
): string | undefined {
  if (path.includes('${') || path.includes('{{')) return undefined;
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
