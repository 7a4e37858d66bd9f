import type { KubeObject } from '../objects/kube-object.ts';
import type { Expansion, Target } from '../pipeline.ts';
import { folderFiles, kustomization } from './folder-files.ts';
import { namespaceOf, overlayChanges } from './overlay-changes.ts';

/** Files by path from the repository's root, with `/`. */
export type FileTree = ReadonlyMap<string, string>;

/** A spec's objects as plain Kustomize: base/ and overlays/, one object or patch a file. */
export function renderTree({ base, targets }: Expansion): FileTree {
  const baseObjects = objectsOf(base);
  const files = [
    ...folderFiles('base', { resources: baseObjects, patches: [] }),
    ...targets.flatMap(target => overlayFiles(target, baseObjects)),
  ];
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function objectsOf({ objects }: Target): KubeObject[] {
  return objects.map(({ object }) => object);
}

/**
 * An overlay. Components come after the environment's own patches, as they do under the plugin, so
 * an environment with components has its patches one folder further down.
 */
function overlayFiles(target: Target, base: readonly KubeObject[]): [string, string][] {
  const objects = objectsOf(target);
  const folder = `overlays/${target.name}`;
  const isCluster = namespaceOf(objects) === undefined;
  if (isCluster) return folderFiles(folder, { resources: objects, patches: [] });
  const own = overlayChanges(objects, base);
  const components = target.components.map(name => `../../components/${name}`);
  if (components.length === 0) return folderFiles(folder, own, '../../base');
  return [
    ...folderFiles(`${folder}/environment`, own, '../../../base'),
    [`${folder}/kustomization.yaml`, kustomization({ resources: ['environment'], components })],
  ];
}
