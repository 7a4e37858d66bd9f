import { dirname, join } from 'node:path';
import type { Item } from '../../graph/item.ts';
import { nothingOutside, type Outside } from '../../graph/secret-graph.ts';
import { ARGOCD_FOLDERS } from '../../kustomize/argocd-files.ts';
import { sharedClusters } from '../../model/shared-clusters.ts';
import { type Expansion, expand, type Target, wholeTargets } from '../../pipeline.ts';
import { andThen, type Outcome, ok } from '../../source/finding.ts';
import { mergeEnvironment } from '../../spec/merge-environment.ts';
import type { SpecObject } from '../../spec/spec.ts';
import type { Host } from '../host.ts';
import { type ManifestSource, readManifests } from '../read-manifests.ts';
import type { ReadSpec } from '../read-spec.ts';
import { type LintSource, readSource } from './sources.ts';

/** Sources that are one set, and what else is in the cluster with them. */
export interface LintSet {
  readonly sources: readonly LintSource[];
  readonly context: readonly Item[];
  readonly outside: Outside;
}

/** A source that comes from a spec. */
export interface SpecSource extends LintSource {
  readonly target?: Target;
}

export interface PathOptions {
  readonly paths: readonly string[];
  /** For kustomize. */
  readonly flags: readonly string[];
  /** The namespace of objects that name none. */
  readonly namespace: string;
}

/**
 * The sets of the paths that a user names. What kustomize builds is a set of its own, as two
 * overlays may make the same objects; all other manifests are one. Each set knows the others.
 */
export function setsOfPaths({ paths, flags, namespace }: PathOptions, host: Host): LintSet[] {
  const read = paths.flatMap(path => readManifests(path, host, flags));
  const sources = read.map((source, number) => readSource(source, number, namespace));
  const loose = sources.filter(({ isBuilt }) => !isBuilt);
  const groups = [
    ...(loose.length > 0 ? [loose] : []),
    ...sources.filter(({ isBuilt }) => isBuilt).map(source => [source]),
  ];
  return groups.map(group => ({
    sources: group,
    context: groups.filter(other => other !== group).flatMap(itemsOf),
    outside: nothingOutside,
  }));
}

/**
 * The overlays of a spec, each as a set that knows what shares a cluster with it, and the Secrets
 * that people or other teams make.
 */
export function setsOfSpec({ spec }: ReadSpec, file: string, host: Host): Outcome<LintSet[]> {
  return andThen(expand(spec, host.validators), expansion => {
    let number = 0;
    const groups = wholeTargets(expansion).map(target => ({
      target,
      sources: overlay(target, file, host).map(
        (source): SpecSource => ({ ...readSource(source, number++, ''), target }),
      ),
    }));
    const argocd = argocdFolders(expansion, file, host).map(source =>
      readSource(source, number++, ''),
    );
    const sets = groups.map(({ target, sources }) => ({
      sources,
      context: [
        ...groups
          .filter(other => other.target !== target && areTogether(spec, other.target, target))
          .flatMap(other => itemsOf(other.sources)),
        ...itemsOf(argocd),
      ],
      outside: declaredOutside(spec, target.name),
    }));
    const applications = { sources: argocd, context: [], outside: nothingOutside };
    return ok(argocd.length === 0 ? sets : [...sets, applications]);
  });
}

/** What Argo CD is given: its Applications bring CRDs that the objects of the targets need. */
function argocdFolders({ argocd }: Expansion, file: string, host: Host): ManifestSource[] {
  if (argocd === undefined) return [];
  return ARGOCD_FOLDERS.flatMap(folder => readManifests(join(dirname(file), folder), host));
}

function itemsOf(sources: readonly LintSource[]): Item[] {
  return sources.flatMap(({ items }) => [...items]);
}

function overlay({ name }: Target, file: string, host: Host): ManifestSource[] {
  const folder = name === 'base' ? 'base' : join('overlays', name);
  return readManifests(join(dirname(file), folder), host);
}

/** Whether two targets are applied to one cluster. */
export function areTogether(spec: SpecObject, a: Target, b: Target): boolean {
  return sharedClusters(spec).some(({ name, environments }) =>
    [a, b].every(target => target.name === name || environments.includes(target.name)),
  );
}

/** What an environment of a spec declares as made by hand or by others: Secrets, and stores. */
export function declaredOutside(spec: SpecObject, name: string): Outside {
  const merged = mergeEnvironment(spec, name === 'base' ? undefined : name);
  const { namespace, secrets = {}, stores = {} } = merged;
  const declared = Object.entries(secrets).flatMap(([secret, { manual, external }]) => {
    const keys = manual ?? external;
    if (keys === undefined) return [];
    const id = namespace === undefined ? secret : `${namespace}/${secret}`;
    return [[id, typeof keys === 'boolean' ? undefined : keys] as const];
  });
  const others = Object.entries(stores)
    .filter(([, { external }]) => external === true)
    .map(([store, { kind = 'ClusterSecretStore' }]) => `${kind}/${store}`);
  return { secrets: new Map(declared), objects: new Set(others) };
}
