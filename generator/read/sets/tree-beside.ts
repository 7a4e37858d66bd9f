import { dirname, join } from 'node:path';
import { type Host, textOf } from '../../ground/host.ts';
import { withSortedNames } from '../../ground/json.ts';
import { asJson, type KubeObject } from '../../ground/kube-object.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import type { BuiltUnit } from '../../make/built-unit.ts';
import { fluxFolders } from '../../make/kustomize/deployer-files.ts';
import { GENERATED } from '../../make/kustomize/folder-files.ts';
import { builtObjects, renderTree } from '../../make/kustomize/tree.ts';
import type { Expansion } from '../../make/pipeline.ts';
import { addedObjects } from '../component-objects.ts';
import type { ObjectSource } from './parse-source.ts';

/**
 * The files of the tree that a spec makes, as `expand` would write them, that are not the same in the
 * folder of the spec: other texts, none, or behind links.
 */
export function otherFiles(
  expansion: Expansion,
  folder: string,
  host: Host,
): [path: string, text: string][] {
  const components = addedObjects(expansion, host.below(folder));
  const root = host.realPath(folder) ?? folder;
  return [...renderTree(expansion, components)].filter(([path, text]) => {
    const place = join(root, path);
    return host.realPath(place) !== place || textAt(place, host) !== text;
  });
}

/** The folders that `expand` once made of environments, and of clusters for Flux, which the spec has no more. */
export function leftFolders({ units, flux }: Expansion, folder: string, host: Host): string[] {
  const known = new Set([
    ...units.map(({ name }) => `overlays/${name}`),
    ...(flux === undefined ? [] : fluxFolders(flux)),
  ]);
  const below = (home: string): string[] =>
    (host.entriesIn(join(folder, home)) ?? [])
      .filter(({ kind }) => kind === 'folder')
      .map(({ name }) => `${home}/${name}`);
  return [...below('overlays'), ...below('flux')]
    .filter(path => !known.has(path))
    .filter(path => {
      const text = textAt(join(folder, path, 'kustomization.yaml'), host);
      return text?.startsWith(GENERATED) === true;
    });
}

function textAt(file: string, host: Host): string | undefined {
  return host.kindOf(file) === 'file' ? textOf(file, host) : undefined;
}

/** How to have the sources of a unit, by numbers of their own; undefined: kustomize has to be asked. */
type MadeSources = (unit: BuiltUnit) => ((number: () => number) => ObjectSource[]) | undefined;

/**
 * The sources of units whose files are just what `expand` makes of the spec in `file`: kustomize
 * would build the objects of the expansion again. Components are people's, and have to be built.
 */
export function madeSources(expansion: Expansion, file: string, host: Host): MadeSources {
  const folder = dirname(file);
  const others = otherFiles(expansion, folder, host).map(([path]) => path);
  const isOther = (home: string): boolean => others.some(path => path.startsWith(`${home}/`));
  const isBaseOther = isOther('base');
  return unit => {
    const home = unitFolder(unit.name);
    if (isBaseOther || unit.components.length > 0 || isOther(home)) return undefined;
    return number => [sourceOf(builtObjects(unit, expansion.base), join(folder, home), number())];
  };
}

/** The folder of a unit, from that of its spec. */
export function unitFolder(name: string): string {
  return name === 'base' ? 'base' : join('overlays', name);
}

/** What kustomize would build, whose fields it sorts. */
function sourceOf(objects: readonly KubeObject[], name: string, number: number): ObjectSource {
  const placed = objects.map((object, index) =>
    placedObject(withSortedNames(asJson(object)) as unknown as KubeObject, number, [index], ''),
  );
  const file = join(name, 'kustomization.yaml');
  return {
    name,
    file,
    isBuilt: true,
    text: '',
    findings: [],
    number,
    objects: placed,
    strangers: 0,
  };
}
