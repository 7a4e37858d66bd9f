import { dirname, join } from 'node:path';
import { andThen, type Outcome, ok } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { oncePer } from '../../ground/once-per.ts';
import type { BuiltUnit } from '../../make/built-unit.ts';
import { ARGOCD_FOLDERS, fluxFolders } from '../../make/kustomize/deployer-files.ts';
import { type SharedCluster, sharedClusters } from '../../make/model/shared-clusters.ts';
import { unitNames, unknownEnvironment } from '../../make/model/unit-names.ts';
import { type Expansion, expand, wholeUnits } from '../../make/pipeline.ts';
import type { SpecObject } from '../../make/spec/spec.ts';
import type { Allowed } from '../kustomize/allowed.ts';
import { type ManifestSource, unreadable } from '../manifest-source.ts';
import { begunManifests } from '../read-manifests.ts';
import { declaredOutside } from './declared-outside.ts';
import type { ManifestSet } from './manifest-set.ts';
import { nothingOutside } from './object-set.ts';
import { type ObjectSource, parseSource } from './parse-source.ts';
import { madeSources, unitFolder } from './tree-beside.ts';

export interface SpecOptions {
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
