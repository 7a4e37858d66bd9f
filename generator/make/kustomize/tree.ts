import type { JsonObject } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import type { ComponentPatch } from '../objects/injections.ts';
import { renderValue } from '../objects/render-yaml.ts';
import { type Expansion, wholeTargets } from '../pipeline.ts';
import type { ComponentObjects } from '../spec/spec.ts';
import type { Target } from '../target.ts';
import { argocdFiles } from './argocd-files.ts';
import { fluxFiles } from './flux-files.ts';
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
  const { base, targets, argocd, flux } = expansion;
  const whole = wholeTargets(expansion);
  const files = [
    ...folderFiles('base', { resources: objectsOf(base), patches: [] }),
    ...targets.flatMap(target => overlayFiles(target, base)),
    ...(argocd === undefined ? [] : argocdFiles(argocd, whole, components)),
    ...(flux === undefined ? [] : fluxFiles(flux, whole, components)),
  ];
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A target's objects in the order in which kustomize builds them. */
export function builtObjects(target: Target, base: Target): KubeObject[] {
  const { namespace } = target;
  if (target === base || namespace === undefined) return inFileOrder(objectsOf(target));
  return builtOrder(
    { objects: objectsOf(target), namespace },
    { objects: objectsOf(base), namespace: base.namespace ?? '' },
  );
}

function objectsOf({ objects }: Target): KubeObject[] {
  return objects.map(({ object }) => object);
}

/**
 * An overlay. Components come after the environment's own patches, as they do under the plugin, so
 * an environment with components has its patches one folder further down. What is injected into
 * the workloads of components comes after them.
 */
function overlayFiles(target: Target, base: Target): [string, string][] {
  const objects = objectsOf(target);
  const folder = `overlays/${target.name}`;
  if (target.namespace === undefined)
    return folderFiles(folder, { resources: objects, patches: [] });
  const own = overlayChanges(
    { objects, namespace: target.namespace },
    { objects: objectsOf(base), namespace: base.namespace ?? '' },
  );
  const { patches } = target.injected;
  const components = target.components.map(name => `../../components/${name}`);
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
