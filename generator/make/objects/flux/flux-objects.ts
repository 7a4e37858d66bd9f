import type { KubeObject } from '../../../ground/kube-object.ts';
import type { FluxModel } from '../../model/flux.ts';
import { SECRETS } from '../../model/flux-faults.ts';
import type { ComponentObjects } from '../../spec/spec.ts';
import {
  type Applied,
  type AppliedTarget,
  allObjects,
  clustersBefore,
  targetsIn,
} from '../applied.ts';
import { healthChecks } from './health-checks.ts';
import { gitRepository, kustomization } from './kustomization.ts';
import { firstStage, isFirst, onlyFirst, withoutFirst } from './stages.ts';
import { isAllIn } from './target-namespace.ts';

/** A target in its cluster, with its own objects and those of its components. */
type Placed = AppliedTarget & Applied & { readonly all: readonly KubeObject[] };

/**
 * What the Flux of each cluster is given, by the names of the clusters: Kustomizations, and their source. An
 * environment waits for the cluster whose objects it needs (docs/facts/flux.md#dependencies).
 */
export function fluxObjects(
  model: FluxModel,
  targets: readonly AppliedTarget[],
  components: ComponentObjects,
): ReadonlyMap<string, readonly KubeObject[]> {
  return new Map(
    [...model.clusters].map(([cluster, environments]) => {
      const own = targetsIn(cluster, environments, targets).map(target => ({
        ...target,
        cluster,
        all: allObjects(target, components),
      }));
      const before = clustersBefore(own);
      const made = own.flatMap(target =>
        kustomizations(
          model,
          target,
          before(target).map(({ name }) => `${model.name}-${name}`),
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

/** The Kustomization of a target, or two: of its Secrets and what they come from, and of what reads them. */
function kustomizations(
  model: FluxModel,
  target: Placed,
  clusters: readonly string[],
): KubeObject[] {
  const name = `${model.name}-${target.name}`;
  const after = [...model.dependsOn, ...clusters];
  if (!model.isSecretsFirst || target.namespace === undefined)
    return [kustomizationOf(model, target, { name, after, objects: target.all, patches: [] })];
  const stage = firstStage(target.objects, target.all);
  const first = target.all.filter(object => isFirst(object, stage));
  const others = target.all.filter(object => !isFirst(object, stage));
  const secrets = { name: name + SECRETS, after, objects: first, patches: onlyFirst(stage) };
  const workloads = { name, after: [secrets.name], objects: others, patches: withoutFirst(stage) };
  // Both, even of nothing: one that went with its last object would leave that running.
  return [secrets, workloads].map(part => kustomizationOf(model, target, part));
}

interface Part {
  readonly name: string;
  readonly after: readonly string[];
  readonly objects: readonly KubeObject[];
  readonly patches: ReturnType<typeof onlyFirst>;
}

function kustomizationOf(
  model: FluxModel,
  { name: target, namespace }: Placed,
  { name, after, objects, patches }: Part,
): KubeObject {
  return kustomization(model, {
    name,
    folder: target === 'base' ? 'base' : `overlays/${target}`,
    after,
    patches,
    health: healthChecks(objects),
    isWaiting: true,
    ...(namespace !== undefined && isAllIn(namespace, objects) && { namespace }),
  });
}
