import { type JsonObject, sortBy } from '../../core/json.ts';
import { groupOf, type KubeObject } from '../../core/kube-object.ts';
import type { ArgocdModel, Destination } from '../model/argocd.ts';
import type { Operator } from '../model/operators.ts';
import type { ComponentObjects } from '../spec.ts';
import {
  type AppliedSet,
  type AppliedUnit,
  allObjects,
  clustersBefore,
  generatedLabels,
  needsAmong,
  unitsIn,
} from './applied-units.ts';

/** A kind, and for what belongs to the cluster also its name. */
export interface AllowedKind {
  readonly group: string;
  readonly kind: string;
  readonly name?: string;
}

/** What the Applications of an AppProject may do. */
interface ProjectParts {
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
    metadata: { name: parts.name, namespace: model.namespace, labels: generatedLabels(model.name) },
    spec: {
      description: parts.description,
      sourceRepos: distinct(parts.sourceRepos),
      destinations: distinct(parts.destinations),
      clusterResourceWhitelist: distinct(parts.clusterKinds),
      namespaceResourceWhitelist: distinct(parts.namespacedKinds),
    },
  };
}

/** The items sorted and without repetition: Argo CD refuses a project that names a destination twice. */
function distinct<T>(items: readonly T[]): T[] {
  const keyed = new Map(items.map(item => [JSON.stringify(item), item]));
  return sortBy([...keyed], ([text]) => text).map(([, item]) => item);
}

interface ApplicationParts {
  readonly name: string;
  readonly project: string;
  /** Its sync wave in the root Application; Applications of an ApplicationSet have none. */
  readonly wave?: number;
  readonly source: JsonObject;
  readonly destination: UnitPlace | Required<Record<'name' | 'server' | 'namespace', string>>;
  /** Whether Argo CD deletes what is no longer in the source. */
  readonly isPruned: boolean;
  /** Besides those that every Application has. */
  readonly syncOptions?: readonly string[];
}

/**
 * An Argo CD Application. It has no finalizer: deleting it leaves what it applied. Retry, because
 * a CNPG cluster that changes and an ExternalSecret whose Secret is not there yet count as failed
 * (docs/facts/argocd.md#waves-and-health); server-side diff, because webhooks and CRDs fill in
 * fields (docs/facts/argocd.md#differences, docs/facts/cnpg.md#filled-in-by-the-webhook).
 */
export function application(model: ArgocdModel, parts: ApplicationParts): KubeObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: parts.name,
      namespace: model.namespace,
      labels: generatedLabels(model.name),
      annotations: {
        'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
        ...(parts.wave !== undefined && { 'argocd.argoproj.io/sync-wave': String(parts.wave) }),
      },
    },
    spec: {
      project: parts.project,
      source: parts.source,
      destination: parts.destination,
      syncPolicy: {
        automated: { prune: parts.isPruned, selfHeal: true },
        retry: {
          limit: 10,
          backoff: { duration: '10s', factor: 2, maxDuration: '5m' },
          refresh: true,
        },
        syncOptions: ['ServerSideApply=true', ...(parts.syncOptions ?? [])],
      },
    },
  };
}

/** A folder of the spec's repository as an Application's source. */
export function folderSource(model: ArgocdModel, folder: string): JsonObject {
  return {
    repoURL: model.repository,
    path: model.path === '' ? folder : `${model.path}/${folder}`,
    targetRevision: model.revision,
  };
}

/** The sync waves of Applications, by name. An environment comes after the shared cluster whose objects it needs. */
export function applicationWaves(
  applied: readonly AppliedSet[],
  operators: readonly Operator[],
): ReadonlyMap<string, number> {
  const first = firstWave(applied, operators);
  const before = clustersBefore(applied);
  return new Map(applied.map(one => [one.name, first + (before(one).length > 0 ? 1 : 0)]));
}

/**
 * The wave of the ApplicationSet that makes all environments: that of the last environment, or the first wave if a
 * shared cluster needs an environment, for the cluster would wait for what is yet to be made.
 */
export function environmentsWave(
  applied: readonly PlacedUnit[],
  operators: readonly Operator[],
): number {
  const neededBy = needsAmong(applied);
  const clusters = applied.filter(one => !isEnvironment(one));
  if (clusters.some(one => neededBy(one).length > 0)) return firstWave(applied, operators);
  return Math.max(0, ...new Set(applicationWaves(applied, operators).values()));
}

/** The wave of units that need no other unit: after the operators, if any unit needs one. */
export function firstWave(applied: readonly AppliedSet[], operators: readonly Operator[]): number {
  return operators.some(operator => isNeeded(operator, applied)) ? 1 : 0;
}

/** Whether any object is of a kind whose CRD the operator installs. */
export function isNeeded({ groups }: Operator, applied: readonly AppliedSet[]): boolean {
  return applied.some(({ objects }) =>
    objects.some(({ object }) => groups.includes(groupOf(object))),
  );
}

/** Where an Application applies to: a cluster, and the namespace of objects that name none. */
export type UnitPlace = Destination & { readonly namespace: string };

/** A unit in its cluster. */
export interface PlacedUnit extends AppliedUnit, AppliedSet {
  readonly place: UnitPlace;
  /** Its own objects and those of its components. */
  readonly all: readonly KubeObject[];
}

/** Whether a unit is an environment, and not a cluster that several share. */
export function isEnvironment({ namespace }: AppliedUnit): boolean {
  return namespace !== undefined;
}

/** Every unit in its cluster. */
export function placeUnits(
  { clusters }: ArgocdModel,
  units: readonly AppliedUnit[],
  components: ComponentObjects,
): PlacedUnit[] {
  return clusters.flatMap(cluster => {
    const inCluster = unitsIn(cluster.name, cluster.environments, units);
    const namespaces = inCluster.flatMap(unit => unit.namespace ?? []);
    return inCluster.map(unit => {
      // The objects of a shared cluster name their namespaces: any allowed one will do.
      const namespace = unit.namespace ?? namespaces[0] ?? '';
      return {
        ...unit,
        cluster: cluster.name,
        place: { ...cluster.destination, namespace },
        all: allObjects(unit, components),
      };
    });
  });
}
