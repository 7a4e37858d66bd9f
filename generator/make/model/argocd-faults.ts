import type { Fault, Path } from '../../ground/finding.ts';
import { knownNames } from '../../ground/suggest.ts';
import { clusterOf, type Members } from '../spec/cluster-of.ts';
import type { ArgocdSpec } from '../spec/deployer-spec.ts';
import type { SpecObject } from '../spec/spec.ts';
import type { Operator } from './operators.ts';

/** What is wrong between the clusters of the `argocd` section and those of the environments. */
export function clusterFaults(document: SpecObject, spec: ArgocdSpec, members: Members): Fault[] {
  return [
    ...unmapped(document, spec, members),
    ...unknown(spec, members),
    ...samePlace(spec),
    ...ambiguous(document, members),
  ];
}

const CLUSTERS: Path = ['spec', 'argocd', 'clusters'];

function unmapped(document: SpecObject, { clusters }: ArgocdSpec, members: Members): Fault[] {
  const missing = [...members].filter(([cluster]) => !Object.hasOwn(clusters, cluster));
  return missing.map(([cluster, [environment = '']]) => ({
    id: 'unmapped-cluster',
    message: `argocd.clusters does not say where cluster "${cluster}" is`,
    hint: `Add \`${cluster}:\` with the name that it has in Argo CD, or the URL of its API server.`,
    ...placeOf(document, environment),
  }));
}

/** Where the spec says which cluster an environment runs in; without that, the environment. */
function placeOf({ spec }: SpecObject, environment: string): Pick<Fault, 'path' | 'isAboutName'> {
  const change = spec.environments?.[environment];
  if (change === undefined) return { path: CLUSTERS };
  const path = ['spec', 'environments', environment];
  if (change !== null && 'cluster' in change) return { path: [...path, 'cluster'] };
  if (spec.cluster !== undefined) return { path: ['spec', 'cluster'] };
  return { path, isAboutName: true };
}

function unknown({ clusters }: ArgocdSpec, members: Members): Fault[] {
  const names = Object.keys(clusters).filter(name => !members.has(name));
  return names.map(name => ({
    id: 'unknown-argocd-cluster',
    message: `no environment runs in cluster "${name}"`,
    hint: knownNames('clusters of the environments', name, members.keys()),
    path: [...CLUSTERS, name],
    isAboutName: true,
  }));
}

/** Two names for one cluster would make its ClusterSecretStores twice. */
function samePlace({ clusters }: ArgocdSpec): Fault[] {
  const taken = new Map<string, string>();
  return Object.entries(clusters).flatMap(([name, place]): Fault[] => {
    const first = taken.get(place);
    taken.set(place, first ?? name);
    if (first === undefined) return [];
    return [
      {
        id: 'duplicate-destination',
        message: `clusters "${first}" and "${name}" are in one place, "${place}"`,
        hint: `Set the same cluster in their environments: what belongs to it is then made once.`,
        path: [...CLUSTERS, name],
        related: [{ note: `"${first}" is here`, path: [...CLUSTERS, first] }],
      },
    ];
  });
}

/** An environment of its own cluster beside others that name a cluster as it is called. */
function ambiguous(document: SpecObject, members: Members): Fault[] {
  return [...members].flatMap(([cluster, environments]): Fault[] => {
    const isOwn = environments.includes(cluster) && clusterOf(document, cluster) === undefined;
    const other = environments.find(name => name !== cluster);
    if (!isOwn || other === undefined) return [];
    return [
      {
        id: 'ambiguous-cluster',
        message: `"${cluster}" is the cluster of environment "${other}", and an environment that names none`,
        hint: `Set \`cluster: ${cluster}\` in environment "${cluster}" too, or call the cluster otherwise.`,
        ...placeOf(document, other),
      },
    ];
  });
}

/** Environments whose Applications would be called like operators'. */
export function operatorFaults(
  document: SpecObject,
  operators: readonly Operator[],
  members: Members,
): Fault[] {
  const environments = Object.keys(document.spec.environments ?? {});
  return operators.flatMap(({ name: operator }) =>
    [...members.keys()]
      .map(cluster => `${cluster}-${operator}`)
      .filter(name => environments.includes(name))
      .map(name => ({
        id: 'duplicate-target',
        message: `"${name}" is an environment, and what the Application of operator "${operator}" is called`,
        hint: 'Give the environment another name.',
        path: ['spec', 'environments', name],
        isAboutName: true,
      })),
  );
}
