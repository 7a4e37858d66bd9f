import type { JsonObject } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import type { BuiltUnit } from '../built-unit.ts';
import type { ComponentPatch } from '../objects/injections.ts';
import { renderValue } from '../objects/render-yaml.ts';
import { type Expansion, wholeUnits } from '../pipeline.ts';
import type { ComponentObjects } from '../spec/spec.ts';
import { argocdFiles, fluxFiles } from './deployer-files.ts';
import { folderFiles, inFileOrder, kustomization } from './folder-files.ts';
import { builtOrder, overlayChanges } from './overlay-changes.ts';

/** Files by path from the repository's root, with `/`. */
export type FileTree = ReadonlyMap<string, string>;

/**
 * A spec's objects as plain Kustomize: base/, overlays/, argocd/ and flux/, one object or patch a file.
 * What components add is for the AppProject, which has to allow it, and for what Flux waits for.
 */
export function renderTree(
  expansion: Expansion,
  components: ComponentObjects = new Map(),
): FileTree {
  const { base, units, argocd, flux } = expansion;
  const whole = wholeUnits(expansion);
  const files = [
    ...folderFiles('base', { resources: objectsOf(base), patches: [] }),
    ...units.flatMap(unit => overlayFiles(unit, base)),
    ...(argocd === undefined ? [] : argocdFiles(argocd, whole, components)),
    ...(flux === undefined ? [] : fluxFiles(flux, whole, components)),
  ];
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A unit's objects in the order in which kustomize builds them. */
export function builtObjects(unit: BuiltUnit, base: BuiltUnit): KubeObject[] {
  const { namespace } = unit;
  if (unit === base || namespace === undefined) return inFileOrder(objectsOf(unit));
  return builtOrder(
    { objects: objectsOf(unit), namespace },
    { objects: objectsOf(base), namespace: base.namespace ?? '' },
  );
}

function objectsOf({ objects }: BuiltUnit): KubeObject[] {
  return objects.map(({ object }) => object);
}

/**
 * An overlay. Components come after the environment's own patches, as they do under the plugin, so
 * an environment with components has its patches one folder further down. What is injected into
 * the workloads of components comes after them.
 */
function overlayFiles(unit: BuiltUnit, base: BuiltUnit): [string, string][] {
  const objects = objectsOf(unit);
  const folder = `overlays/${unit.name}`;
  if (unit.namespace === undefined) return folderFiles(folder, { resources: objects, patches: [] });
  const own = overlayChanges(
    { objects, namespace: unit.namespace },
    { objects: objectsOf(base), namespace: base.namespace ?? '' },
  );
  const { patches } = unit.injected;
  const components = unit.components.map(name => `../../components/${name}`);
  if (components.length === 0) return folderFiles(folder, own, '../../base');
  return [
    ...folderFiles(`${folder}/environment`, own, '../../../base'),
    [
      `${folder}/kustomization.yaml`,
      kustomization({
        resources: ['environment'],
        components,
        ...(patches.length > 0 && { patches: patches.map(inlinePatch) }),
      }),
    ],
  ];
}

function inlinePatch({ target, patch }: ComponentPatch): JsonObject {
  return { target, patch: renderValue(patch) };
}
