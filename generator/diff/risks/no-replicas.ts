import { numberIn, textAt } from '../../core/json.ts';
import { findSecret, type SecretGraph, secretId } from '../../graph/secret-graph.ts';
import { deployment, statefulSet } from '../../kinds/apps.ts';
import { cnpgCluster, HIBERNATION, stoppedBy } from '../../kinds/cnpg/cluster.ts';
import { selectsLabels } from '../../kinds/core/pod.ts';
import { PAUSED_REPLICAS, scaledObject } from '../../kinds/keda.ts';
import { annotationOf, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { coreService, horizontalPodAutoscaler } from '../../kinds/kubernetes.ts';
import type { Pod } from '../../kinds/pods.ts';
import { changedOf, type Diff, podLabels, podPairs } from '../diff.ts';
import { namedServices } from '../facts/clusters.ts';
import type { Placed, Risk, RiskRule } from '../risk.ts';
import { high, nameOf, namesOf, placeOn, relatedObjects, theObject } from '../risk.ts';

export const noReplicas: RiskRule = high('no-replicas', function* (diff) {
  const { base, head } = diff;
  for (const { pod, was } of podPairs(diff)) {
    const [before, after] = [was && replicasOf(base, was), replicasOf(head, pod)];
    if (was === undefined || before?.count === 0 || after?.count !== 0) continue;
    const scalers = head.byKind(horizontalPodAutoscaler);
    const [kept = ''] = scalers.flatMap(scaler =>
      isTarget(scaler, pod.object) ? `, where ${nameOf(scaler)} leaves it` : [],
    );
    yield* unreached(diff, { ...after, of: pod.object }, NO_PODS + kept, servicesOf(head, pod));
  }
  for (const change of changedOf(diff, cnpgCluster)) {
    const { base: before, head: object } = change;
    const annotation = stoppedBy(object);
    if (annotation === undefined || stoppedBy(before) !== undefined) continue;
    const state = annotation === HIBERNATION ? NO_PODS : 'runs PostgreSQL in no pod any more';
    const path = ['metadata', 'annotations', annotation];
    yield* unreached(diff, { object, path }, state, clusterServices(object));
  }
});

const NO_PODS = 'runs no pods any more';

/** The risk that others use what does not answer. */
export function* unreached(
  diff: Diff,
  { object: decided, path, of: object = decided }: Placed & { readonly of?: PlacedObject },
  state: string,
  services: readonly string[],
): Iterable<Risk> {
  const users = usersOf(diff, object, services);
  if (users.length > 0)
    yield {
      ...placeOn('head', decided, path),
      message: `${theObject(object)} ${state}, and ${namesOf(users, 'uses', 'use')} it`,
      hint: 'Keep a pod running until nothing uses it, or remove the references to it.',
      related: relatedObjects(users, 'head', 'uses it'),
    };
}

export function clusterServices(cluster: PlacedObject): readonly string[] {
  return cnpgCluster.provides?.services?.(cluster) ?? [];
}

/** How many pods a workload is to have; undefined: it depends on the load (docs/facts/operators.md#keda). */
function replicasOf(graph: SecretGraph, { object }: Pod) {
  if (object.knownKind !== deployment && object.knownKind !== statefulSet) return undefined;
  const scaler = graph.byKind(scaledObject).find(candidate => isTarget(candidate, object));
  if (scaler === undefined)
    return { object, path: ['spec', 'replicas'], count: numberIn(specOf(object)['replicas'] ?? 1) };
  const paused = annotationOf(scaler, PAUSED_REPLICAS);
  const path = ['metadata', 'annotations', PAUSED_REPLICAS];
  return paused === undefined ? undefined : { object: scaler, path, count: numberIn(paused) };
}

function isTarget(scaler: PlacedObject, { namespace, kind, name }: PlacedObject): boolean {
  const target = specOf(scaler)['scaleTargetRef'];
  return (
    scaler.namespace === namespace &&
    textAt(target, 'name') === name &&
    (textAt(target, 'kind') ?? deployment.kind) === kind
  );
}

function servicesOf(graph: SecretGraph, pod: Pod): string[] {
  return graph.byKind(coreService).flatMap(service => {
    const selector = specOf(service)['selector'];
    const isNear = service.namespace === pod.object.namespace && selector !== undefined;
    const labels = { matchLabels: selector ?? null };
    return isNear && selectsLabels(labels, podLabels(pod)) ? [service.name] : [];
  });
}

function usersOf(diff: Diff, object: PlacedObject, services: readonly string[]) {
  const { head } = diff;
  const hosts = namedServices(diff);
  const naming = services.flatMap(name => hosts.get(secretId(object.namespace, name)) ?? []);
  const reading = head.readers.filter(({ namespace, secret }) =>
    findSecret(head, namespace, secret)?.makers.some(maker => maker.object === object),
  );
  return [...naming, ...reading].filter(user => user.object !== object);
}
