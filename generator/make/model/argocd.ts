import { type Outcome, outcome } from '../../ground/finding.ts';
import { membersOf } from '../spec/cluster-of.ts';
import { type ArgocdSpec, folderIn } from '../spec/deployer-spec.ts';
import type { SpecObject } from '../spec/spec.ts';
import { type ApplicationSets, resolveApplicationSets, wantedSets } from './application-sets.ts';
import { clusterFaults, operatorFaults } from './argocd-faults.ts';
import { type Operator, operatorsOf } from './operators.ts';
import { environmentNames } from './unit-names.ts';

/** What Argo CD is to apply, and where. */
export interface ArgocdModel {
  /** metadata.name of the spec: the root Application, and the first part of the others' names. */
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
  /** Undefined: each environment has an Application that stands in Git. */
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
  const faults = clusterFaults(document, spec, members);
  const operators = operatorsOf(spec);
  faults.push(...operatorFaults(document, operators, members));
  const { name } = document.metadata;
  const environments = environmentNames(document);
  const wanted = wantedSets(spec, environments.length);
  const sets = wanted && resolveApplicationSets(wanted, environments);
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
