import { dirname, join } from 'node:path';
import type { Host } from '../../ground/host.ts';
import { isMap, type Json } from '../../ground/json.ts';
import { asJson, type KubeObject } from '../../ground/kube-object.ts';
import { itemOf } from '../../kinds/item-of.ts';
import { builtObjects } from '../../make/kustomize/tree.ts';
import type { Expansion } from '../../make/pipeline.ts';
import type { Target } from '../../make/target.ts';
import type { ObjectSource } from './parse-source.ts';
import { otherFiles } from './tree-beside.ts';

/** How to have the sources of a target, by numbers of their own; undefined: kustomize has to be asked. */
type MadeSources = (target: Target) => ((number: () => number) => ObjectSource[]) | undefined;

/**
 * The sources of targets whose files are just what `expand` makes of the spec in `file`: kustomize
 * would build the objects of the expansion again. Components are people's, and have to be built.
 */
export function madeSources(expansion: Expansion, file: string, host: Host): MadeSources {
  const folder = dirname(file);
  const others = otherFiles(expansion, folder, host).map(([path]) => path);
  const isOther = (home: string): boolean => others.some(path => path.startsWith(`${home}/`));
  const isBaseOther = isOther('base');
  return target => {
    const home = targetFolder(target.name);
    if (isBaseOther || target.components.length > 0 || isOther(home)) return undefined;
    return number => [sourceOf(builtObjects(target, expansion.base), join(folder, home), number())];
  };
}

/** The folder of a target, from that of its spec. */
export function targetFolder(name: string): string {
  return name === 'base' ? 'base' : join('overlays', name);
}

/** What kustomize would build, whose fields it sorts. */
function sourceOf(objects: readonly KubeObject[], name: string, number: number): ObjectSource {
  const items = objects.map((object, index) =>
    itemOf(sorted(asJson(object)) as unknown as KubeObject, number, [index], ''),
  );
  const file = join(name, 'kustomization.yaml');
  return { name, file, isBuilt: true, text: '', findings: [], number, items, strangers: 0 };
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, child]) => [name, sorted(child)]));
}
