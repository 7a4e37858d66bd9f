import { fieldsWhere, type JsonObject, mapAt, textAt, words } from '../core/json.ts';
import { type Kind, specOf } from './kind.ts';

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
    rolloutTarget: object => {
      const mode = textAt(specOf(object), 'mode') ?? 'deployment';
      return mode === 'sidecar' ? undefined : `${mode}/${object.name}-collector`;
    },
    source: {
      /** Fields but those about other objects, labels, annotations. */
      of: object => {
        const { annotations = {}, labels = {} } = mapAt(object, 'metadata');
        const spec = fieldsWhere(mapAt(object, 'spec'), name => !BESIDE_PODS.has(name));
        return isSidecar(spec) ? {} : { annotations, labels, spec };
      },
      has: ([first, second]) =>
        first === 'metadata'
          ? second === 'annotations' || second === 'labels'
          : first === 'spec' && !BESIDE_PODS.has(String(second)),
    },
  },
  fields: {
    configuration: ['spec', 'config'],
    shows: ['receivers', 'processors', 'exporters'].map(
      list => `spec.config.service.pipelines.*.${list}`,
    ),
  },
  provides: {
    services: object => {
      if (isSidecar(specOf(object))) return [];
      const ends = ['', '-headless', '-monitoring', '-extension'].map(end => `collector${end}`);
      return [...ends, 'targetallocator'].map(end => `${object.name}-${end}`);
    },
    accounts: ({ name }) => [`${name}-collector`],
  },
};

function isSidecar({ mode }: JsonObject): boolean {
  return mode === 'sidecar';
}

/** Fields of OpenTelemetryCollectorSpec that the operator uses for other objects, or for itself. */
export const BESIDE_PODS: ReadonlySet<string> = new Set(
  words(`autoscaler configVersions daemonSetUpdateStrategy deploymentUpdateStrategy ingress ipFamilies ipFamilyPolicy
    managementState maxReplicas minReplicas networkPolicy persistentVolumeClaimRetentionPolicy podDisruptionBudget
    replicas serviceName targetAllocator trafficDistribution updateStrategy upgradeStrategy`),
);
