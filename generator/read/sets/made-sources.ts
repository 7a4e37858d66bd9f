import { dirname, join } from 'node:path';
import type { Host } from '../../ground/host.ts';
import { withSortedNames } from '../../ground/json.ts';
import { asJson, type KubeObject } from '../../ground/kube-object.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import type { BuiltUnit } from '../../make/built-unit.ts';
import { builtObjects } from '../../make/kustomize/tree.ts';
import type { Expansion } from '../../make/pipeline.ts';
import type { ObjectSource } from './parse-source.ts';
import { otherFiles } from './tree-beside.ts';

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
