import { type Outcome, ok } from '../core/finding.ts';
import { sortBy } from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';
import { renderValue } from '../yaml/write.ts';
import { environmentNames, unitNames, unknownEnvironment } from './environment.ts';
import { builtOrder, overlayChanges } from './overlay.ts';
import { type BuiltUnit, type Expansion, wholeUnits } from './pipeline.ts';
import { clusterNameOf, sharedClusters } from './shared-clusters.ts';
import type { ComponentObjects, SpecObject } from './spec.ts';
import {
  argocdFiles,
  type FolderContent,
  fluxFiles,
  folderFiles,
  inFileOrder,
  kustomization,
} from './tree-files.ts';

/** Files by path from the repository's root, with `/`. */
export type FileTree = ReadonlyMap<string, string>;

/**
 * A spec's objects as plain Kustomize: base/, overlays/, argocd/ and flux/, one object or patch a file. The AppProject
 * allows what components add, and Flux waits for it.
 */
export function renderTree(
  expansion: Expansion,
  components: ComponentObjects = new Map(),
): FileTree {
  const { base, units, argocd, flux } = expansion;
  const whole = wholeUnits(expansion);
  const files = [
    ...folderFiles('base', withGenerators({ resources: objectsOf(base), patches: [] }, base)),
    ...units.flatMap(unit => overlayFiles(unit, base)),
    ...(argocd === undefined ? [] : argocdFiles(argocd, whole, components)),
    ...(flux === undefined ? [] : fluxFiles(flux, whole, components)),
  ];
  return new Map(sortBy(files, ([path]) => path));
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

/** Contents of a unit's folder, in which the ConfigMaps that get a hash are no resources. */
function withGenerators(content: FolderContent, { objects }: BuiltUnit): FolderContent {
  const hashed = new Set(objects.filter(one => one.isHashed === true).map(one => one.object));
  const [generated, resources] = [true, false].map(isHashed =>
    content.resources.filter(object => hashed.has(object) === isHashed),
  );
  return { ...content, resources: resources ?? [], generated: generated ?? [] };
}

/**
 * The files of an overlay. Components come after the environment's patches, as they do under the plugin, so an
 * environment with components has its patches one folder further down. The patches that inject into workloads of
 * components come last.
 */
function overlayFiles(unit: BuiltUnit, base: BuiltUnit): [string, string][] {
  const objects = objectsOf(unit);
  const folder = `overlays/${unit.name}`;
  if (unit.namespace === undefined) return folderFiles(folder, { resources: objects, patches: [] });
  const changes = withGenerators(
    overlayChanges(
      { objects, namespace: unit.namespace },
      { objects: objectsOf(base), namespace: base.namespace ?? '' },
    ),
    unit,
  );
  const { patches } = unit.injected;
  const components = unit.components.map(name => `../../components/${name}`);
  if (components.length === 0) return folderFiles(folder, changes, '../../base');
  return [
    ...folderFiles(`${folder}/environment`, changes, '../../../base'),
    [
      `${folder}/kustomization.yaml`,
      kustomization({
        resources: ['environment'],
        components,
        ...(patches.length > 0 && {
          patches: patches.map(({ target, patch }) => ({ target, patch: renderValue(patch) })),
        }),
      }),
    ],
  ];
}

/**
 * Tells which files of the tree belong to an environment or are shared: all but those of other environments, of other
 * clusters, and of overlays that the spec does not know.
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
  const units = new Set([environment, ...clusters.map(({ name }) => name)]);
  const fluxCluster = clusterNameOf(spec, environment);
  const others = new Set(unitNames(spec).filter(name => !units.has(name)));
  return ok(path => {
    const [folder, file = ''] = path.split('/');
    const name = file.replace(/\.\w+$/, '');
    if (folder === 'flux') return file === fluxCluster;
    return folder === 'overlays' ? units.has(name) : !others.has(name);
  });
}
