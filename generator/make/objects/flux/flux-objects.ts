import { groupOf, type KubeObject } from '../../../ground/kube-object.ts';
import { coreNamespace } from '../../../kinds/core/namespace.ts';
import { kindOf } from '../../../kinds/kinds.ts';
import type { FluxModel } from '../../model/flux.ts';
import { SECRETS } from '../../model/flux-faults.ts';
import type { ComponentObjects } from '../../spec/spec.ts';
import {
  type AppliedSet,
  type AppliedUnit,
  allObjects,
  clustersBefore,
  unitsIn,
} from '../applied.ts';
import { healthChecks } from './health-checks.ts';
import { gitRepository, kustomization } from './kustomization.ts';
import { firstStage, isFirst, onlyFirst, withoutFirst } from './stages.ts';

/** A unit in its cluster, with its own objects and those of its components. */
type Placed = AppliedUnit & AppliedSet & { readonly all: readonly KubeObject[] };

/**
 * What the Flux of each cluster is given, by the names of the clusters: Kustomizations, and their source. An
 * environment waits for the cluster whose objects it needs (docs/facts/flux.md#dependencies).
 */
export function fluxObjects(
  model: FluxModel,
  units: readonly AppliedUnit[],
  components: ComponentObjects,
): ReadonlyMap<string, readonly KubeObject[]> {
  return new Map(
    [...model.clusters].map(([cluster, environments]) => {
      const own = unitsIn(cluster, environments, units).map(unit => ({
        ...unit,
        cluster,
        all: allObjects(unit, components),
      }));
      const before = clustersBefore(own);
      const made = own.flatMap(unit =>
        kustomizations(
          model,
          unit,
          before(unit).map(({ name }) => `${model.name}-${name}`),
        ),
      );
      return [cluster, [...gitRepository(model), root(model, cluster), ...made]];
    }),
  );
}

/**
 * The Kustomization that applies the others, and itself. It has one name in all clusters, by which they are told
 * apart where one repository has several.
 */
function root(model: FluxModel, cluster: string): KubeObject {
  const nothing = { after: [], patches: [], health: [], isWaiting: false };
  return kustomization(model, { name: model.name, folder: fluxFolder(cluster), ...nothing });
}

/** The folder of what the Flux of a cluster is given. */
export function fluxFolder(cluster: string): string {
  return `flux/${cluster}`;
}

/** The Kustomization of a unit, or two: of its Secrets and what they come from, and of what reads them. */
function kustomizations(model: FluxModel, unit: Placed, clusters: readonly string[]): KubeObject[] {
  const name = `${model.name}-${unit.name}`;
  const after = [...model.dependsOn, ...clusters];
  if (!model.isSecretsFirst || unit.namespace === undefined)
    return [kustomizationOf(model, unit, { name, after, objects: unit.all, patches: [] })];
  const stage = firstStage(unit.objects, unit.all);
  const first = unit.all.filter(object => isFirst(object, stage));
  const others = unit.all.filter(object => !isFirst(object, stage));
  const secrets = { name: name + SECRETS, after, objects: first, patches: onlyFirst(stage) };
  const workloads = { name, after: [secrets.name], objects: others, patches: withoutFirst(stage) };
  // Both, even of nothing: one that went with its last object would leave that running.
  return [secrets, workloads].map(part => kustomizationOf(model, unit, part));
}

interface Part {
  readonly name: string;
  readonly after: readonly string[];
  readonly objects: readonly KubeObject[];
  readonly patches: ReturnType<typeof onlyFirst>;
}

function kustomizationOf(
  model: FluxModel,
  { name: unit, namespace }: Placed,
  { name, after, objects, patches }: Part,
): KubeObject {
  return kustomization(model, {
    name,
    folder: unit === 'base' ? 'base' : `overlays/${unit}`,
    after,
    patches,
    health: healthChecks(objects),
    isWaiting: true,
    ...(namespace !== undefined && isAllIn(namespace, objects) && { namespace }),
  });
}

/**
 * Whether all objects may be put into a namespace: Flux has kustomize do that, which moves those of other
 * namespaces too, gives one to cluster-wide objects whose kind it does not know, and renames Namespaces
 * (docs/facts/flux.md#target-namespace).
 */
function isAllIn(namespace: string, objects: readonly KubeObject[]): boolean {
  return objects.every(object => isIn(namespace, object));
}

function isIn(namespace: string, object: KubeObject): boolean {
  const { kind, metadata } = object;
  const group = groupOf(object);
  if (group === coreNamespace.group && kind === coreNamespace.kind)
    return metadata.name === namespace;
  const known = kindOf(group, kind);
  if (known?.isOfCluster === true) return isBuiltIn(group);
  if (metadata.namespace !== undefined) return metadata.namespace === namespace;
  return known !== undefined || isBuiltIn(group);
}

/** Whether a kind is of Kubernetes itself, of which kustomize knows what belongs to the cluster. */
function isBuiltIn(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}
