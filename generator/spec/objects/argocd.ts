import { type Fault, type Outcome, outcome, type Path } from '../../core/finding.ts';
import { knownNames, matchesGlob } from '../../core/names.ts';
import { environmentNames, nameTaken } from '../environment.ts';
import { type Operator, operatorsOf } from '../model/operators.ts';
import { clusterOf, type Members, membersOf } from '../shared-clusters.ts';
import type { ApplicationSetsSpec, ArgocdSpec, SpecObject } from '../spec.ts';

export interface ArgocdModel {
  /** metadata.name of the spec: the name of the root Application, and the first part of all other names. */
  readonly name: string;
  readonly spec: ArgocdSpec;
  readonly project: string;
  readonly namespace: string;
  readonly clusters: Members;
  readonly operators: readonly Operator[];
  /** Absent: each environment has an Application that stands in Git. */
  readonly sets?: ApplicationSets;
}

export interface ApplicationSets
  extends Required<Pick<ApplicationSetsSpec, 'namespaces' | 'steps'>> {
  /** The step of each environment, by their names; empty without steps. */
  readonly stepOf: ReadonlyMap<string, string>;
}

/** The spec's `argocd` section → what it means. Reports clusters that do not fit environments. */
export function resolveArgocd(document: SpecObject, spec: ArgocdSpec): Outcome<ArgocdModel> {
  const clusters = membersOf(document);
  const operators = operatorsOf(spec);
  const environments = environmentNames(document);
  const { name } = document.metadata;
  const { applicationSets = environments.length >= SETS_FROM } = spec;
  const sets =
    applicationSets === false || environments.length === 0
      ? undefined
      : applicationSetsOf(applicationSets === true ? {} : applicationSets, environments);
  const taken = operators.flatMap(({ name: operator }) =>
    [...clusters.keys()]
      .map(cluster => `${cluster}-${operator}`)
      .filter(application => environments.includes(application))
      .map(application => nameTaken(application, `the Application of operator "${operator}"`)),
  );
  const faults = [
    ...unmapped(document, spec, clusters),
    ...unknown(spec, clusters),
    ...samePlace(spec),
    ...ambiguous(document, clusters),
    ...taken,
    ...(sets === undefined ? [] : stepFaults(sets, environments)),
  ];
  const { project = name, namespace = 'argocd' } = spec;
  const model = { name, spec, project, namespace, clusters, operators, ...(sets && { sets }) };
  return outcome(model, faults);
}

/** From this number of environments on an ApplicationSet makes the Applications, unless the spec says otherwise. */
export const SETS_FROM = 50;

function applicationSetsOf(spec: ApplicationSetsSpec, environments: readonly string[]) {
  const { namespaces = [], steps = [] } = spec;
  const stepOf = environments.flatMap((name): [string, string][] => {
    const step = steps.find(({ environments: patterns = ['*'] }) =>
      patterns.some(pattern => matchesGlob(pattern, name)),
    );
    return step === undefined ? [] : [[name, step.name]];
  });
  return { namespaces, steps, stepOf: new Map(stepOf) };
}

function stepFaults({ steps, stepOf }: ApplicationSets, environments: readonly string[]): Fault[] {
  const idle = steps.flatMap(({ environments: patterns = [] }, step) =>
    patterns.flatMap((pattern, index): Fault | [] => {
      if (environments.some(name => matchesGlob(pattern, name))) return [];
      const message = `no environment fits "${pattern}"`;
      const hint = knownNames('environments', pattern, environments);
      const path = ['spec', 'argocd', 'applicationSets', 'steps', step, 'environments', index];
      return { id: 'unknown-environment', message, hint, path };
    }),
  );
  const left = steps.length === 0 ? [] : environments.filter(name => !stepOf.has(name));
  return [
    ...idle,
    ...left.map(name => ({
      id: 'no-step',
      message: `environment "${name}" is in no step, and Argo CD would never sync it`,
      hint: 'Leave `environments` out of the last of argocd.applicationSets.steps: it then has all others.',
      path: ['spec', 'environments', name],
      isAboutName: true,
    })),
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
  return names.map(name => {
    const message = `no environment runs in cluster "${name}"`;
    const hint = knownNames('clusters of the environments', name, members.keys());
    const path = [...CLUSTERS, name];
    return { id: 'unknown-argocd-cluster', message, hint, path, isAboutName: true };
  });
}

/** Two names for one cluster would make its ClusterSecretStores twice. */
function samePlace({ clusters }: ArgocdSpec): Fault[] {
  return Object.entries(clusters).flatMap(([name, place]): Fault | [] => {
    const first = Object.keys(clusters).find(key => clusters[key] === place) ?? name;
    if (first === name) return [];
    const message = `clusters "${first}" and "${name}" are in one place, "${place}"`;
    const hint =
      'Set the same cluster in their environments: what belongs to it is then made once.';
    const related = [{ note: `"${first}" is here`, path: [...CLUSTERS, first] }];
    return { id: 'duplicate-destination', message, hint, path: [...CLUSTERS, name], related };
  });
}

function ambiguous(document: SpecObject, members: Members): Fault[] {
  return [...members].flatMap(([cluster, environments]): Fault | [] => {
    const isAlone = environments.includes(cluster) && clusterOf(document, cluster) === undefined;
    const member = environments.find(name => name !== cluster);
    if (!isAlone || member === undefined) return [];
    const message = `"${cluster}" is the cluster of environment "${member}", and an environment that names none`;
    const hint = `Set \`cluster: ${cluster}\` in environment "${cluster}" too, or call the cluster otherwise.`;
    return { id: 'ambiguous-cluster', message, hint, ...placeOf(document, member) };
  });
}
