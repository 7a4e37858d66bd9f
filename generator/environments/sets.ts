import { dirname, join } from 'node:path';
import { andThen, type Outcome, ok } from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import { isMap, withSortedNames } from '../core/json.ts';
import { asJson, type KubeObject } from '../core/kube-object.ts';
import { manifestsOf } from '../core/manifests.ts';
import { oncePer } from '../core/once.ts';
import { placedObject } from '../kinds/placed-object.ts';
import { unitNames, unknownEnvironment } from '../spec/environment.ts';
import { type BuiltUnit, type Expansion, expand, wholeUnits } from '../spec/pipeline.ts';
import {
  layersOf,
  mergeEnvironment,
  type SharedCluster,
  sharedClusters,
} from '../spec/shared-clusters.ts';
import type { ComponentObjects, Spec, SpecObject } from '../spec/spec.ts';
import { builtObjects, renderTree } from '../spec/tree.ts';
import { ARGOCD_FOLDERS, fluxFolders, GENERATED } from '../spec/tree-files.ts';
import { boundsOf } from '../world/inside.ts';
import { closureOf } from '../world/kustomize/closure.ts';
import { entryPath, valuesAt } from '../world/kustomize/kustomization.ts';
import { type ManifestSet, nothingOutside, type Outside } from '../world/object-set.ts';
import type { Allowed } from '../world/programs.ts';
import { begunManifests } from '../world/read-manifests.ts';
import {
  type ManifestSource,
  type ObjectSource,
  parseSource,
  unreadable,
} from '../world/source.ts';
import { parseStream } from '../yaml/parse.ts';

interface SpecOptions {
  /** Where the spec stands: its overlays are beside it. */
  readonly file: string;
  /** The one environment or shared cluster that is wanted. */
  readonly environment?: string | undefined;
  readonly allowed?: Allowed | undefined;
}

/**
 * The overlays of a spec, or the base of one without environments, each as a set that knows what
 * shares a cluster with it, and what people or other teams make; and what Argo CD and the Flux of each
 * cluster are given, which is of no unit. Faults: those of the spec, and an
 * environment that it has not.
 */
export function setsOfSpec(
  spec: SpecObject,
  { file, environment, allowed }: SpecOptions,
  host: Host,
): Outcome<ManifestSet[]> {
  const known = unitNames(spec);
  if (environment !== undefined && !known.includes(environment))
    return { faults: [unknownEnvironment(environment, known, ['spec', 'environments'])] };
  return andThen(expand(spec, host.validators), expansion => {
    const all = wholeUnits(expansion);
    const wanted = all.filter(({ name }) => environment === undefined || name === environment);
    const near = all.filter(unit => wanted.some(own => areTogether(spec, own, unit)));
    let number = 0;
    const made = madeSources(expansion, file, host);
    const begun = near.map(unit => ({
      unit,
      read: made(unit) ?? begunOverlay(unit, { file, allowed }, host),
    }));
    const groups = begun.map(({ unit, read }) => ({ unit, sources: read(() => number++) }));
    const given = readDeployers(expansion, { file, allowed }, host).map(group =>
      group.map(source => parseSource(source, number++, '')),
    );
    const own = groups.filter(({ unit }) => wanted.includes(unit));
    const outsideOf = outsides(spec);
    const sets = own.map(({ unit, sources }) => ({
      unit,
      ...outsideOf(unit),
      sources,
      context: [
        ...groups
          .filter(other => other.unit !== unit && areTogether(spec, other.unit, unit))
          .flatMap(other => other.sources),
        ...given.flat(),
      ],
    }));
    const deployers = given
      .filter(sources => sources.length > 0)
      .map(sources => ({ sources, context: [], outside: nothingOutside }));
    return ok(environment === undefined ? [...sets, ...deployers] : sets);
  });
}

/** What is outside of a unit, for those of one cluster the same. */
function outsides(spec: SpecObject): (unit: BuiltUnit) => Pick<ManifestSet, 'outside' | 'cluster'> {
  const ofCluster = oncePer((cluster: SharedCluster) =>
    declaredOutside(spec, ...cluster.environments),
  );
  return ({ name }) => {
    const cluster = clustersOf(spec).get(name);
    return cluster === undefined
      ? { outside: declaredOutside(spec, name) }
      : { cluster: cluster.name, outside: ofCluster(cluster) };
  };
}

/**
 * What Argo CD is given, whose Applications bring CRDs that the objects of the units need, and what the Flux of
 * each cluster is.
 */
export function readDeployers(
  { argocd, flux }: Expansion,
  options: SpecOptions,
  host: Host,
): ManifestSource[][] {
  const groups = [
    ...(argocd === undefined ? [] : [ARGOCD_FOLDERS]),
    ...(flux === undefined ? [] : fluxFolders(flux).map(folder => [folder])),
  ];
  return groups.map(folders => folders.flatMap(folder => begunTree(folder, options, host)()));
}

function begunOverlay(
  { name }: BuiltUnit,
  options: SpecOptions,
  host: Host,
): (number: () => number) => ObjectSource[] {
  const read = begunTree(unitFolder(name), options, host);
  return number => read().map(source => parseSource(source, number(), ''));
}

/** What `expand` wrote for a unit beside the spec, with what people added to it. */
export function readOverlay(
  { name }: BuiltUnit,
  options: SpecOptions,
  host: Host,
): ManifestSource[] {
  return begunTree(unitFolder(name), options, host)();
}

/** A folder of the tree beside the spec. */
function begunTree(
  path: string,
  { file, allowed }: SpecOptions,
  host: Host,
): () => ManifestSource[] {
  const folder = join(dirname(file), path);
  if (host.kindOf(folder) !== undefined) return begunManifests(folder, host, allowed);
  return () => [unreadable(folder, folder, `there is no ${folder}`, NOT_EXPANDED)];
}

const NOT_EXPANDED =
  'Run `rem-secrets expand`. A tree that it wrote with --out is named by its path.';

/** Whether two units are applied to one cluster. */
export function areTogether(
  spec: SpecObject,
  a: Pick<BuiltUnit, 'name'>,
  b: Pick<BuiltUnit, 'name'>,
): boolean {
  if (a.name === b.name) return true;
  const cluster = clustersOf(spec).get(a.name);
  return cluster !== undefined && cluster === clustersOf(spec).get(b.name);
}

/** The shared cluster that each unit is applied to, by its name: thousands of pairs are asked about. */
const clustersOf = oncePer(
  (spec: SpecObject) =>
    new Map(
      sharedClusters(spec).flatMap(cluster =>
        [cluster.name, ...cluster.environments].map(unit => [unit, cluster] as const),
      ),
    ),
);

/**
 * What units of a spec read and do not make: Secrets that are declared as made by hand or by
 * others, and stores that are external. What one of a cluster declares is there for all.
 */
export function declaredOutside(spec: SpecObject, ...targets: readonly string[]): Outside {
  const declared = targets.map(unit => declaredBy(spec, unit));
  return {
    secrets: new Map(declared.flatMap(({ secrets }) => [...secrets])),
    objects: new Set(declared.flatMap(({ objects }) => [...objects])),
  };
}

function declaredBy(spec: SpecObject, unit: string): Outside {
  const { namespace, secrets, stores } = mergeEnvironment(spec, unit === 'base' ? undefined : unit);
  const home = namespace === undefined ? '' : `${namespace}/`;
  return { secrets: declaredSecrets(secrets, home), objects: externalStores(stores, home) };
}

function declaredSecrets(secrets: Spec['secrets'], home: string): Outside['secrets'] {
  const declared = Object.entries(secrets ?? {}).flatMap(([name, { manual, external }]) => {
    const keys = manual ?? external;
    if (keys === undefined) return [];
    return [[`${home}${name}`, typeof keys === 'boolean' ? undefined : keys] as const];
  });
  return new Map(declared);
}

function externalStores(stores: Spec['stores'], home: string): Outside['objects'] {
  const external = Object.entries(stores ?? {}).filter(([, store]) => store.external === true);
  return new Set(
    external.map(([name, { kind = 'ClusterSecretStore' }]) =>
      kind === 'SecretStore' ? `${kind}/${home}${name}` : `${kind}/${name}`,
    ),
  );
}

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

/**
 * The objects that components add, as their files have them: those of `resources` and generators,
 * also of the folders that they name. What kustomize would fetch from elsewhere is not known.
 */
export function componentObjects(names: Iterable<string>, host: Host): ComponentObjects {
  return new Map([...names].map(name => [name, objectsIn(join('components', name), host)]));
}

/** The objects that the components of all units add. */
export function addedObjects({ units }: Expansion, host: Host): ComponentObjects {
  return componentObjects(new Set(units.flatMap(({ components }) => components)), host);
}

function objectsIn(folder: string, host: Host): KubeObject[] {
  const { kustomizations, files } = closureOf(
    { folder, root: boundsOf(folder, host), allowed: {} },
    host,
  );
  return kustomizations.flatMap(by => [
    ...by.loads
      .filter(({ kind }) => kind === 'base')
      .map(load => files.get(host.realPath(entryPath({ by, load })) ?? ''))
      .flatMap(file => (file === undefined ? [] : objectsOf(file, host))),
    ...generated(by.document, 'configMapGenerator', 'ConfigMap'),
    ...generated(by.document, 'secretGenerator', 'Secret'),
  ]);
}

function objectsOf(file: string, host: Host): KubeObject[] {
  if (host.kindOf(file) !== 'file') return [];
  const { value = [] } = parseStream(textOf(file, host));
  return manifestsOf(value)
    .map(({ object }) => object)
    .filter(({ metadata }) => isMap(metadata));
}

function generated(kustomization: unknown, field: string, kind: string): KubeObject[] {
  const count = valuesAt(kustomization, [field, '*']).length;
  return count === 0 ? [] : [{ apiVersion: 'v1', kind, metadata: { name: field } }];
}

/** A spec with what its components add, where it injects anything; `beside` is the folder that `components/` is in. */
export function withInjectedComponents(spec: SpecObject, beside: Host): SpecObject {
  const layers = layersOf(spec);
  const names = new Set(layers.flatMap(({ components }) => components ?? []));
  const isInjecting = layers.some(({ inject }) => Object.keys(inject ?? {}).length > 0);
  if (!isInjecting || names.size === 0) return spec;
  return { ...spec, spec: { ...spec.spec, componentObjects: componentObjects(names, beside) } };
}
