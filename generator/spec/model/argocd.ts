import { type Fault, type Outcome, outcome, type Path } from '../../core/finding.ts';
import { knownNames } from '../../core/names.ts';
import { environmentNames, nameTaken } from '../environment.ts';
import { clusterOf, type Members, membersOf } from '../shared-clusters.ts';
import { type ApplicationSetsSpec, type ArgocdSpec, folderIn, type SpecObject } from '../spec.ts';
import { type Operator, operatorsOf } from './operators.ts';

/** What Argo CD is to apply, and where. */
export interface ArgocdModel {
  /** metadata.name of the spec: the name of the root Application, and the first part of all other names. */
  readonly name: string;
  readonly repository: string;
  readonly revision: string;
  /** The folder of the spec in the repository; empty for its root. */
  readonly path: string;
  readonly project: string;
  /** Where Argo CD runs. */
  readonly namespace: string;
  /** Sorted by name. */
  readonly clusters: readonly ArgocdCluster[];
  /** Sorted by name. */
  readonly operators: readonly Operator[];
  /** Absent: each environment has an Application that stands in Git. */
  readonly sets?: ApplicationSets;
}

/** A Kubernetes cluster, as Argo CD knows it. */
interface ArgocdCluster {
  readonly name: string;
  readonly destination: Destination;
  readonly environments: readonly string[];
}

export type Destination = { readonly name: string } | { readonly server: string };

/** The spec's `argocd` section → what it means. Reports clusters that do not fit environments. */
export function resolveArgocd(document: SpecObject, spec: ArgocdSpec): Outcome<ArgocdModel> {
  const members = membersOf(document);
  const faults = [
    ...unmapped(document, spec, members),
    ...unknown(spec, members),
    ...samePlace(spec),
    ...ambiguous(document, members),
  ];
  const operators = operatorsOf(spec);
  const environments = environmentNames(document);
  faults.push(
    ...operators.flatMap(({ name: operator }) =>
      [...members.keys()]
        .map(cluster => `${cluster}-${operator}`)
        .filter(name => environments.includes(name))
        .map(name => nameTaken(name, `the Application of operator "${operator}"`)),
    ),
  );
  const { name } = document.metadata;
  const { applicationSets = environments.length >= SETS_FROM } = spec;
  const hasSets = applicationSets !== false && environments.length > 0;
  const setsSpec = applicationSets === true || !hasSets ? {} : applicationSets;
  const sets = hasSets ? resolveApplicationSets(setsSpec, environments) : undefined;
  faults.push(...(sets?.faults ?? []));
  const clusters = [...members].map(([cluster, environments]): ArgocdCluster => {
    const destination = destinationOf(spec.clusters[cluster] ?? '');
    return { name: cluster, destination, environments };
  });
  const model = {
    name,
    repository: spec.repository,
    revision: spec.revision ?? 'HEAD',
    path: folderIn(spec.path),
    project: spec.project ?? name,
    namespace: spec.namespace ?? 'argocd',
    clusters,
    operators,
    ...(sets?.value !== undefined && { sets: sets.value }),
  };
  return outcome(model, faults);
}

function destinationOf(place: string): Destination {
  return /^https?:\/\//.test(place) ? { server: place } : { name: place };
}

/** One ApplicationSet that makes the Applications of all environments. */
export interface ApplicationSets {
  /** Patterns of the namespaces that environments may have. */
  readonly namespaces: readonly string[];
  /** Groups of environments that are synced one after the other; empty: all at once. */
  readonly steps: readonly Step[];
  /** The step of each environment, by their names; empty without steps. */
  readonly stepOf: ReadonlyMap<string, string>;
}

interface Step {
  readonly name: string;
  /** How many environments are synced at a time: a number, or a percentage as text. */
  readonly maxUpdate: number | string | undefined;
}

/** With so many environments an ApplicationSet makes their Applications, unless the spec says otherwise. */
export const SETS_FROM = 50;

/** The spec's `argocd.applicationSets` → what it means. Reports environments without a step. */
function resolveApplicationSets(
  { namespaces = [], steps = [] }: ApplicationSetsSpec,
  environments: readonly string[],
): Outcome<ApplicationSets> {
  const faults = steps.flatMap(({ environments: patterns = [] }, step) =>
    patterns.flatMap((pattern, index): Fault[] => {
      if (environments.some(name => isFit(name, pattern))) return [];
      return [
        {
          id: 'unknown-environment',
          message: `no environment fits "${pattern}"`,
          hint: knownNames('environments', pattern, environments),
          path: ['spec', 'argocd', 'applicationSets', 'steps', step, 'environments', index],
        },
      ];
    }),
  );
  const stepOf = new Map<string, string>();
  for (const name of steps.length === 0 ? [] : environments) {
    const step = steps.find(({ environments: patterns = ['*'] }) =>
      patterns.some(pattern => isFit(name, pattern)),
    );
    if (step !== undefined) stepOf.set(name, step.name);
    else
      faults.push({
        id: 'no-step',
        message: `environment "${name}" is in no step, and Argo CD would never sync it`,
        hint: 'Leave `environments` out of the last of argocd.applicationSets.steps: it then has all others.',
        path: ['spec', 'environments', name],
        isAboutName: true,
      });
  }
  const resolved = steps.map(({ name, maxUpdate }): Step => ({ name, maxUpdate }));
  return outcome({ namespaces, steps: resolved, stepOf }, faults);
}

/** Whether a name fits a pattern, in which `*` stands for anything. */
export function isFit(name: string, pattern: string): boolean {
  const parts = pattern.split('*');
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
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

/** Where the spec names the cluster of an environment; if it does not, the environment. */
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
  const names = new Map<string, string>();
  return Object.entries(clusters).flatMap(([name, place]): Fault[] => {
    const first = names.get(place) ?? name;
    names.set(place, first);
    if (first === name) return [];
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

/** Reports an environment that names no cluster, and whose name is that of a cluster of other environments. */
function ambiguous(document: SpecObject, members: Members): Fault[] {
  return [...members].flatMap(([cluster, environments]): Fault[] => {
    const isAlone = environments.includes(cluster) && clusterOf(document, cluster) === undefined;
    const other = environments.find(name => name !== cluster);
    if (!isAlone || other === undefined) return [];
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
