import { type Outcome, ok } from '../core/finding.ts';
import type { JsonObject } from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';
import { renderValue } from '../yaml/write.ts';
import { environmentNames, unitNames, unknownEnvironment } from './environment.ts';
import type { ComponentPatch } from './objects/injections.ts';
import { builtOrder, overlayChanges } from './overlay.ts';
import { type BuiltUnit, type Expansion, wholeUnits } from './pipeline.ts';
import { clusterNameOf, sharedClusters } from './shared-clusters.ts';
import type { ComponentObjects, SpecObject } from './spec.ts';
import { argocdFiles, fluxFiles, folderFiles, inFileOrder, kustomization } from './tree-files.ts';

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

/**
 * Which files of the tree are an environment's, or shared: all but those in a folder, or of a name, of
 * another environment or of a cluster that it does not run in. An overlay of a name that the spec
 * does not know is not its either.
 */
export function touchedFiles(
  spec: SpecObject,
  environment: string,
): Outcome<(path: string) => boolean> {
  const known = environmentNames(spec);
  if (!known.includes(environment))
    return { faults: [unknownEnvironment(environment, known, ['spec', 'environments'])] };
  const clusters = sharedClusters(spec).filter(({ environments }) =>
    environments.includes(environment),
  );
  const own = new Set([environment, ...clusters.map(({ name }) => name)]);
  const home = clusterNameOf(spec, environment);
  const others = new Set(unitNames(spec).filter(name => !own.has(name)));
  return ok(path => {
    const [folder, file = ''] = path.split('/');
    const name = file.replace(/\.\w+$/, '');
    if (folder === 'flux') return file === home;
    return folder === 'overlays' ? own.has(name) : !others.has(name);
  });
}
