import { dirname, join } from 'node:path';
import { andThenAwait, type Outcome, ok } from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import { isMap, withSortedNames } from '../core/json.ts';
import { asJson, type KubeObject, manifestsOf, optional } from '../core/kube-object.ts';
import { oncePer, oncePerText } from '../core/once.ts';
import { objectStore } from '../kinds/cnpg/backups.ts';
import { placedObject } from '../kinds/kinds.ts';
import { unitNames, unknownEnvironment } from '../spec/environment.ts';
import { mergeEnvironment } from '../spec/merge.ts';
import { type BuiltUnit, type Expansion, expand, wholeUnits } from '../spec/pipeline.ts';
import { layersOf, sharedClusters } from '../spec/shared-clusters.ts';
import type { ComponentObjects, Spec, SpecObject } from '../spec/spec.ts';
import { ARGOCD_FOLDERS, builtObjects, fluxFolders, GENERATED, renderTree } from '../spec/tree.ts';
import { boundsOf, isNamedFile } from '../world/inside.ts';
import { closureOf } from '../world/kustomize/closure.ts';
import { entryPath, loadsOf, valuesAt } from '../world/kustomize/kustomization.ts';
import { type ManifestSet, nothingOutside, type Outside } from '../world/object-set.ts';
import type { Allowed } from '../world/programs.ts';
import { readManifests } from '../world/read-manifests.ts';
import type { ManifestSource, ObjectSource } from '../world/source.ts';
import { parseSource, unreadable } from '../world/source.ts';
import { type ParseStream, parseStream } from '../yaml/parse.ts';

interface SpecOptions {
  /** The spec's file: the overlays are in the same folder. */
  readonly file: string;
  /** The only environment or shared cluster of which sets are made. */
  readonly environment?: string | undefined;
  readonly allowed?: Allowed | undefined;
}

/** The overlays, or the base of a spec without environments, and the folders for Argo CD and Flux, as sets. */
export async function setsOfSpec(
  spec: SpecObject,
  { file, environment, allowed }: SpecOptions,
  host: Host,
): Promise<Outcome<ManifestSet[]>> {
  const names = unitNames(spec);
  if (environment !== undefined && !names.includes(environment))
    return { faults: [unknownEnvironment(environment, names, ['spec', 'environments'])] };
  return andThenAwait(expand(spec, host.validators), async expansion => {
    const all = wholeUnits(expansion);
    const isSelected = ({ name }: BuiltUnit): boolean =>
      environment === undefined || name === environment;
    const clusterOf = ({ name }: BuiltUnit): string => sharedClusterOf(spec, name) ?? name;
    const clusters = new Set(all.filter(isSelected).map(clusterOf));
    const changed = changedFolders(expansion, file, host);
    const made = madeSources(expansion, file, host, changed);
    const near = all.filter(unit => clusters.has(clusterOf(unit)));
    const reading = near.map(async unit => {
      const folder = unitFolder(unit.name);
      const isStale = changed.has('base') || changed.has(folder);
      const read = made(folder) ?? (await numberedFolder(folder, { file, allowed }, host));
      return { unit, isStale, read };
    });
    let number = 0;
    const groups = (await Promise.all(reading)).map(({ read, ...group }) => {
      return { ...group, cluster: clusterOf(group.unit), sources: read(() => number++) };
    });
    const deployers = (await readDeployers(expansion, { file, allowed }, host)).map(group =>
      group.map(source => parseSource(source, number++, '')),
    );
    const outsideOf = oncePerText(cluster =>
      declaredOutside(spec, ...(clustersOf(spec).get(cluster)?.environments ?? [cluster])),
    );
    const selected = groups.filter(({ unit }) => isSelected(unit));
    const sets = selected.map(({ unit, isStale, cluster, sources }) => {
      const others = groups.filter(group => group.unit !== unit && group.cluster === cluster);
      return {
        unit,
        ...(isStale && { isStale }),
        ...optional('cluster', sharedClusterOf(spec, unit.name)),
        outside: outsideOf(cluster),
        sources,
        context: [...others.flatMap(group => group.sources), ...deployers.flat()],
      };
    });
    const deployerSets = deployers
      .filter(sources => sources.length > 0)
      .map(sources => ({ sources, context: [], outside: nothingOutside }));
    return ok(environment === undefined ? [...sets, ...deployerSets] : sets);
  });
}

/** The manifests for Argo CD, whose Applications install CRDs that units need, and for the Flux of each cluster. */
export function readDeployers(
  { argocd, flux }: Expansion,
  options: SpecOptions,
  host: Host,
): Promise<ManifestSource[][]> {
  const groups = [
    ...(argocd === undefined ? [] : [ARGOCD_FOLDERS]),
    ...(flux === undefined ? [] : fluxFolders(flux).map(folder => [folder])),
  ];
  const reading = groups.map(folders =>
    Promise.all(folders.map(folder => readFolder(folder, options, host))),
  );
  return Promise.all(reading).then(all => all.map(group => group.flat()));
}

/** The manifests of a folder beside the spec: a function gives them their numbers, and parses them. */
export async function numberedFolder(
  path: string,
  options: SpecOptions & { readonly namespace?: string; readonly parse?: ParseStream },
  host: Host,
): Promise<(number: () => number) => ObjectSource[]> {
  const { namespace = '', parse = parseStream } = options;
  const manifests = await readFolder(path, options, host);
  return number => manifests.map(source => parseSource(source, number(), namespace, parse));
}

/** A folder beside the spec as it is on the disk, with what people added to it. */
export async function readFolder(
  path: string,
  { file, allowed }: SpecOptions,
  host: Host,
): Promise<ManifestSource[]> {
  const folder = join(dirname(file), path);
  if (host.kindOf(folder) !== undefined) return readManifests(folder, host, allowed);
  return [unreadable(folder, file, `there is no ${folder}`, NOT_EXPANDED)];
}

const NOT_EXPANDED =
  'Run `rem-secrets expand`. A tree that it wrote with --out is named by its path.';

/** The cluster that a unit shares with others; undefined: it has its own. */
export function sharedClusterOf(spec: SpecObject, unit: string): string | undefined {
  return clustersOf(spec).get(unit)?.name;
}

const clustersOf = oncePer(
  (spec: SpecObject) =>
    new Map(
      sharedClusters(spec).flatMap(cluster =>
        [cluster.name, ...cluster.environments].map(unit => [unit, cluster] as const),
      ),
    ),
);

/** What units of one cluster read and do not make: Secrets declared as made by hand or by others, external stores. */
export function declaredOutside(spec: SpecObject, ...targets: readonly string[]): Outside {
  const declared = targets.map(unit => {
    const merged = mergeEnvironment(spec, unit === 'base' ? undefined : unit);
    const { namespace = '', secrets = {}, stores = {} } = merged;
    const home = namespace === '' ? '' : `${namespace}/`;
    const prefixes = Object.entries(stores).flatMap(([name, { aws }]) =>
      aws === undefined ? [] : [[name, aws.prefix ?? ''] as const],
    );
    return {
      secrets: Object.entries(secrets).flatMap(([name, { manual, external }]) => {
        const keys = manual ?? external;
        if (keys === undefined) return [];
        return [[`${home}${name}`, typeof keys === 'boolean' ? undefined : keys] as const];
      }),
      objects: externalObjects(merged, home),
      environment: [namespace, { name: unit, prefixes: new Map(prefixes) }] as const,
    };
  });
  return {
    secrets: new Map(declared.flatMap(({ secrets }) => secrets)),
    objects: new Set(declared.flatMap(({ objects }) => objects)),
    environments: new Map(declared.map(({ environment }) => environment)),
  };
}

function externalObjects({ stores = {}, databases = {} }: Spec, home: string): string[] {
  const archives = Object.values(databases).flatMap(({ backup, externalClusters = {} }) => [
    ...(backup === undefined ? [] : [backup]),
    ...Object.values(externalClusters),
  ]);
  return [
    ...Object.entries(stores).flatMap(([name, { external, kind = 'ClusterSecretStore' }]) =>
      external === true ? [`${kind}/${kind === 'SecretStore' ? home : ''}${name}`] : [],
    ),
    ...archives.flatMap(({ store, external }) =>
      external === true && store !== undefined ? [`${objectStore.kind}/${home}${store}`] : [],
    ),
  ];
}

/** The files that `expand` would write and that are missing in the folder, differ there, or are behind links. */
export function otherFiles(expansion: Expansion, folder: string, host: Host): [string, string][] {
  const components = addedObjects(expansion, host.below(folder));
  const root = host.realPath(folder) ?? folder;
  return [...renderTree(expansion, components)].filter(([path, text]) => {
    const place = join(root, path);
    return host.realPath(place) !== place || textAt(place, host) !== text;
  });
}

/** The folders that `expand` once made of environments and of clusters for Flux which the spec no longer has. */
export function leftFolders({ units, flux }: Expansion, folder: string, host: Host): string[] {
  const folders = new Set([
    ...units.map(({ name }) => `overlays/${name}`),
    ...(flux === undefined ? [] : fluxFolders(flux)),
  ]);
  const below = (home: string): string[] =>
    (host.entriesIn(join(folder, home)) ?? [])
      .filter(({ kind }) => kind === 'folder')
      .map(({ name }) => `${home}/${name}`);
  return [...below('overlays'), ...below('flux')]
    .filter(path => !folders.has(path))
    .filter(path => textAt(join(folder, path, 'kustomization.yaml'), host)?.startsWith(GENERATED));
}

function textAt(file: string, host: Host): string | undefined {
  return isNamedFile(file, host) ? textOf(file, host) : undefined;
}

/** Units whose files are as `expand` makes them, without kustomize; none with components or ConfigMaps with a hash. */
export function madeSources(
  expansion: Expansion,
  file: string,
  host: Host,
  changed: ReadonlySet<string> = changedFolders(expansion, file, host),
): (folder: string) => ((number: () => number) => ObjectSource[]) | undefined {
  const units = new Map(wholeUnits(expansion).map(unit => [unitFolder(unit.name), unit]));
  return home => {
    const unit = units.get(home);
    if (unit === undefined || unit.components.length > 0) return undefined;
    if (changed.has('base') || changed.has(home)) return undefined;
    if (unit.objects.some(({ isHashed }) => isHashed === true)) return undefined;
    const name = join(dirname(file), home);
    return number => [sourceOf(builtObjects(unit, expansion.base), name, number())];
  };
}

/** The folders of units in which a file is not as `expand` makes it. */
function changedFolders(expansion: Expansion, file: string, host: Host): ReadonlySet<string> {
  const paths = otherFiles(expansion, dirname(file), host).map(([path]) => path.split('/'));
  return new Set(paths.map(path => path.slice(0, path[0] === 'overlays' ? 2 : 1).join('/')));
}

/** The folder of an environment, a shared cluster or the base, beside the spec. */
export function unitFolder(name: string): string {
  return name === 'base' ? 'base' : join('overlays', name);
}

function sourceOf(built: readonly KubeObject[], name: string, number: number): ObjectSource {
  const objects = built.map((object, index) =>
    placedObject(withSortedNames(asJson(object)) as unknown as KubeObject, number, [index], ''),
  );
  const file = join(name, 'kustomization.yaml');
  return { name, file, isBuilt: true, text: '', findings: [], number, objects, otherDocuments: 0 };
}

/** The objects of components and of the folders that they name, without what kustomize would fetch from elsewhere. */
export function componentObjects(names: Iterable<string>, host: Host): ComponentObjects {
  return new Map([...names].map(name => [name, objectsIn(join('components', name), host)]));
}

/** The objects that the components of all units add. */
export function addedObjects({ units }: Expansion, host: Host): ComponentObjects {
  return componentObjects(new Set(units.flatMap(({ components }) => components)), host);
}

function objectsIn(folder: string, host: Host): KubeObject[] {
  const start = { folder, root: boundsOf(folder, host), allowed: {} };
  const { kustomizations, files } = closureOf(start, host);
  return kustomizations.flatMap(by => [
    ...loadsOf(by)
      .filter(({ kind }) => kind === 'base')
      .map(load => files.get(host.realPath(entryPath(load)) ?? ''))
      .flatMap(file => (file === undefined ? [] : objectsOf(file, host))),
    ...generated(by.document, 'configMapGenerator', 'ConfigMap'),
    ...generated(by.document, 'secretGenerator', 'Secret'),
  ]);
}

function objectsOf(file: string, host: Host): KubeObject[] {
  if (host.kindOf(file) !== 'file') return [];
  const { value = [] } = parseStream(textOf(file, host));
  const objects = manifestsOf(value).map(({ object }) => object);
  return objects.filter(({ metadata }) => isMap(metadata));
}

function generated(kustomization: unknown, field: string, kind: string): KubeObject[] {
  const count = valuesAt(kustomization, [field, '*']).length;
  return count === 0 ? [] : [{ apiVersion: 'v1', kind, metadata: { name: field } }];
}

/** The spec, with the objects of its components if it injects anything; `host` works in the folder with `components/`. */
export function withInjectedComponents(spec: SpecObject, host: Host): SpecObject {
  const layers = layersOf(spec).map(({ layer }) => layer);
  const names = new Set(layers.flatMap(({ components }) => components ?? []));
  const isInjecting = layers.some(({ inject }) => Object.keys(inject ?? {}).length > 0);
  if (!isInjecting || names.size === 0) return spec;
  return { ...spec, spec: { ...spec.spec, componentObjects: componentObjects(names, host) } };
}
