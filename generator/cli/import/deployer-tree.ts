import { basename, dirname, join } from 'node:path';
import { type DeployerTree, nothingApplied } from '../../adopt/deployers/tree.ts';
import { type Host, textOf } from '../../ground/host.ts';
import { isMap, type JsonObject } from '../../ground/json.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { ARGOCD_FOLDERS } from '../../make/kustomize/deployer-files.ts';
import { PARAMETERS } from '../../make/objects/argocd/application-set.ts';
import { refusalOf } from '../../read/inside.ts';
import { readManifests } from '../../read/read-manifests.ts';
import { parseSource } from '../../read/sets/parse-source.ts';
import { isGenerated } from '../generated-folders.ts';
import { iamBeside } from './iam-beside.ts';
import type { ReadEnvironment } from './read-environments.ts';

/** What stands beside overlays that were imported and applies them, where `expand` made it. */
export function deployerTree(read: readonly ReadEnvironment[], host: Host): DeployerTree {
  const top = treeOf(read);
  if (top === undefined) return nothingApplied;
  const flux = (host.entriesIn(join(top, 'flux')) ?? []).map(({ name }) => `flux/${name}`);
  const folders = [...ARGOCD_FOLDERS, ...flux].filter(folder =>
    isGenerated(join(top, folder), host),
  );
  const objects = folders.map((folder, number): [string, PlacedObject[]] => [
    folder.startsWith('argocd') ? 'argocd' : folder,
    readManifests(join(top, folder), host).flatMap(source => [
      ...parseSource(source, number, '').objects,
    ]),
  ]);
  const whole = new Map<string, PlacedObject[]>();
  for (const [folder, own] of objects) whole.set(folder, [...(whole.get(folder) ?? []), ...own]);
  const iam = iamBeside(top, host);
  return {
    place: top,
    folders: whole,
    parameters: parametersIn(read, host),
    ...(iam !== undefined && { iam }),
  };
}

/** The folder that has all environments below `overlays/`, or the only one as `base/`. */
function treeOf(read: readonly ReadEnvironment[]): string | undefined {
  const tops = read.map(environment => {
    const folder = folderOf(environment);
    if (folder === undefined) return undefined;
    if (read.length === 1 && basename(folder) === 'base') return dirname(folder);
    return basename(dirname(folder)) === 'overlays' ? dirname(dirname(folder)) : undefined;
  });
  const [top, ...others] = new Set(tops);
  return others.length === 0 ? top : undefined;
}

/** The folder that was built for an environment, when that is all of it. */
function folderOf({ sources }: ReadEnvironment): string | undefined {
  const [only, ...others] = sources;
  return only?.isBuilt === true && others.length === 0 ? only.name : undefined;
}

function parametersIn(read: readonly ReadEnvironment[], host: Host): Map<string, JsonObject> {
  const told = read.flatMap((environment): [string, JsonObject][] => {
    const file = join(folderOf(environment) ?? '', PARAMETERS);
    if (host.kindOf(file) !== 'file' || refusalOf(file, host) !== undefined) return [];
    const [parameters] = parseStream(textOf(file, host)).value ?? [];
    return isMap(parameters) ? [[environment.name, parameters]] : [];
  });
  return new Map(told);
}
