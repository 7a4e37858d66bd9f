import type { Path } from '../core/finding.ts';
import { type JsonObject, mapAt, textAt, words } from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';
import { type Kind, type PlacedObject, specOf } from './kind.ts';

/** Facts of operator 0.140: internal/naming, internal/manifests/manifestutils. */
export const openTelemetryCollector: Kind = {
  group: 'opentelemetry.io',
  kind: 'OpenTelemetryCollector',
  isUnmistakable: true,
  served: {
    versions: ['v1beta1', 'v1alpha1'],
    deprecated: ['v1alpha1'],
    since: 'OpenTelemetry operator 0.100',
  },
  pods: {
    path: ['spec'],
    isContainer: true,
    isLasting: object => !isSidecar(specOf(object)),
    variables: ['POD_NAME', 'SHARD'],
    account: 'serviceAccount',
    rolloutTarget: workloadOf,
    source: { of: podSource, has: isPodSource },
  },
  fields: {
    configuration: ['spec', 'config'],
    shows: ['receivers', 'processors', 'exporters'].map(
      list => `spec.config.service.pipelines.*.${list}`,
    ),
  },
  provides: { services: collectorServices, accounts: ({ name }) => [`${name}-collector`] },
};

function isSidecar({ mode }: JsonObject): boolean {
  return mode === 'sidecar';
}

function workloadOf(object: PlacedObject): string | undefined {
  const mode = textAt(specOf(object), 'mode') ?? 'deployment';
  return mode === 'sidecar' ? undefined : `${mode}/${object.name}-collector`;
}

function collectorServices(object: PlacedObject): string[] {
  if (isSidecar(specOf(object))) return [];
  const ends = ['', '-headless', '-monitoring', '-extension'].map(end => `collector${end}`);
  return [...ends, 'targetallocator'].map(end => `${object.name}-${end}`);
}

/** What the operator makes a collector's pods from: fields but those about other objects, labels, annotations. */
function podSource(object: KubeObject): JsonObject {
  const { annotations = {}, labels = {} } = mapAt(object, 'metadata');
  const fields = Object.entries(mapAt(object, 'spec')).filter(([name]) => !BESIDE_PODS.has(name));
  const spec = Object.fromEntries(fields);
  return isSidecar(spec) ? {} : { annotations, labels, spec };
}

function isPodSource([first, second]: Path): boolean {
  return first === 'metadata'
    ? second === 'annotations' || second === 'labels'
    : first === 'spec' && !BESIDE_PODS.has(String(second));
}

/** Fields of OpenTelemetryCollectorSpec that the operator uses for other objects, or for itself. */
export const BESIDE_PODS: ReadonlySet<string> = new Set(
  words(`autoscaler configVersions daemonSetUpdateStrategy deploymentUpdateStrategy ingress ipFamilies ipFamilyPolicy
    managementState maxReplicas minReplicas networkPolicy persistentVolumeClaimRetentionPolicy podDisruptionBudget
    replicas serviceName targetAllocator trafficDistribution updateStrategy upgradeStrategy`),
);
