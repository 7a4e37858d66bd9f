import type { KubeObject } from '../../../ground/kube-object.ts';
import type { ArgocdModel } from '../../model/argocd.ts';
import { argocdLabels } from './application.ts';
import type { UnitPlace } from './placed-unit.ts';

/** A kind, and for what belongs to the cluster also its name. */
export interface AllowedKind {
  readonly group: string;
  readonly kind: string;
  readonly name?: string;
}

/** What the Applications of an AppProject may do. */
export interface ProjectParts {
  readonly name: string;
  readonly description: string;
  readonly sourceRepos: readonly string[];
  readonly destinations: readonly UnitPlace[];
  readonly clusterKinds: readonly AllowedKind[];
  readonly namespacedKinds: readonly AllowedKind[];
}

/**
 * An Argo CD AppProject that allows what its Applications need and nothing else. Names of
 * cluster-scoped objects are looked at since Argo CD 3.3.
 */
export function appProject(model: ArgocdModel, parts: ProjectParts): KubeObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: parts.name, namespace: model.namespace, labels: argocdLabels(model) },
    spec: {
      description: parts.description,
      sourceRepos: distinct(parts.sourceRepos),
      destinations: distinct(parts.destinations),
      clusterResourceWhitelist: distinct(parts.clusterKinds),
      namespaceResourceWhitelist: distinct(parts.namespacedKinds),
    },
  };
}

/** Each once, sorted: Argo CD refuses a project that names a destination twice. */
function distinct<T>(items: readonly T[]): T[] {
  const keyed = new Map(items.map(item => [JSON.stringify(item), item]));
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
