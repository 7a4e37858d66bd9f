import { basename, dirname, join } from 'node:path';
import { iamFiles } from '#iam-files';
import { andThen, ok } from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import { isMap, type JsonObject } from '../core/json.ts';
import { iamFormats } from '../iam/formats/formats.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { isGenerated } from '../shell/print.ts';
import { PARAMETERS } from '../spec/objects/application-set.ts';
import { parseSpec } from '../spec/parse.ts';
import { expand } from '../spec/pipeline.ts';
import { ARGOCD_FOLDERS, GENERATED, GENERATED_JSON } from '../spec/tree-files.ts';
import { refusalOf } from '../world/inside.ts';
import { readManifests } from '../world/read-manifests.ts';
import { parseSource } from '../world/source.ts';
import { parseStream } from '../yaml/parse.ts';
import { type DeployerTree, nothingApplied } from './deployers.ts';
import type { ReadEnvironment } from './read.ts';

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

/** The `iam` section of the spec that made `iam/` in a folder, as far as its files tell; undefined: none did. */
function iamBeside(place: string, host: Host): JsonObject | undefined {
  const texts = [...generatedFiles(place, host)];
  const formats = Object.entries(iamFormats).flatMap(([format, { file }]) =>
    texts.some(([path]) => path.endsWith(`/${file}`)) ? [format] : [],
  );
  if (formats.length === 0) return undefined;
  const accounts = texts.flatMap(([, text]) => [...text.matchAll(/\barn:aws:iam::(\d{12}):/g)]);
  const [account, ...others] = new Set(accounts.map(([, number = '']) => number));
  return {
    ...(formats.join() !== 'terraform' && { formats }),
    ...(account !== undefined && others.length === 0 && { account }),
  };
}

/** Whether a spec makes the files of `iam/` in a folder, each as it is there. */
export function makesIam(text: string, place: string, host: Host): boolean {
  const made = andThen(parseSpec(text), spec =>
    andThen(expand(spec, host.validators), expansion =>
      andThen(iamFiles(spec, expansion, new Map()), files => ok(files)),
    ),
  );
  const there = generatedFiles(place, host);
  const { value = [] } = made;
  return value.length === there.size && value.every(([path, own]) => there.get(path) === own);
}

/** The files below `iam/` that `expand` made, by path from the folder. */
function generatedFiles(place: string, host: Host): Map<string, string> {
  const files = filesIn('iam', place, host, 0);
  const read = files.flatMap((file): [string, string][] => {
    const path = join(place, file);
    return refusalOf(path, host) === undefined ? [[file, textOf(path, host)]] : [];
  });
  return new Map(
    read.filter(([, text]) => text.startsWith(GENERATED) || text.startsWith(GENERATED_JSON)),
  );
}

/** No folder of ours is deeper. */
const DEEPEST = 1;

/** By path from a place. What is a link was not made by `expand`: it may lead to all of the machine. */
function filesIn(folder: string, place: string, host: Host, depth: number): string[] {
  const isLink = host.linkText(join(place, folder)) !== undefined;
  if (isLink || depth > DEEPEST) return [];
  return (host.entriesIn(join(place, folder)) ?? []).flatMap(({ name, kind }) => {
    const path = join(folder, name);
    if (kind === 'folder') return filesIn(path, place, host, depth + 1);
    return kind === 'file' ? [path] : [];
  });
}
