import type { Path } from '../../../ground/finding.ts';
import { type JsonObject, mapAt } from '../../../ground/json.ts';
import type { KubeObject } from '../../../ground/kube-object.ts';
import { isSame } from '../../../ground/same.ts';
import { type Changed, fieldPath } from '../../changes/comparison.ts';

/** A field of what pods are made from. */
export interface PodField {
  readonly path: Path;
  readonly basePath?: Path;
  readonly text: string;
}

/** Workloads whose pods are replaced when their template changes. */
const TEMPLATED = new Set([
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'argoproj.io/Rollout',
]);

/**
 * What changes in what the pods of a workload are made from, checksum annotations included; the
 * order of lists counts, as it does for the controllers. A CronJob's next run has the new template.
 */
export function podChange(change: Changed): PodField[] {
  const { group, kind } = change.head;
  const source = TEMPLATED.has(`${group}/${kind}`)
    ? templateOf
    : group === 'opentelemetry.io' && kind === 'OpenTelemetryCollector'
      ? collectorSource
      : undefined;
  if (source === undefined || isSame(source(change.before), source(change.after))) return [];
  const fields = change.fields.flatMap((field): PodField[] => {
    const path = fieldPath(field);
    const { basePath, field: text } = field;
    if (!isSource(kind, path)) return [];
    return [{ path, ...(basePath !== undefined && { basePath }), text }];
  });
  return fields.length > 0 ? fields : [{ path: ['spec'], text: 'the order of its lists' }];
}

function templateOf(object: KubeObject): JsonObject {
  return mapAt(object, 'spec', 'template');
}

function isSource(kind: string, [first, second]: Path): boolean {
  if (kind !== 'OpenTelemetryCollector') return first === 'spec' && second === 'template';
  return first === 'metadata'
    ? second === 'annotations' || second === 'labels'
    : first === 'spec' && !BESIDE_PODS.has(String(second));
}

/**
 * What the operator makes a collector's pods from: all but the fields about other objects. Labels
 * and annotations of the collector are those of its pods too (operator 0.140, manifestutils).
 */
function collectorSource(object: KubeObject): JsonObject {
  const { annotations = {}, labels = {} } = mapAt(object, 'metadata');
  const spec = Object.entries(mapAt(object, 'spec')).filter(([field]) => !BESIDE_PODS.has(field));
  const isSidecar = mapAt(object, 'spec')['mode'] === 'sidecar';
  return isSidecar ? {} : { annotations, labels, spec: Object.fromEntries(spec) };
}

const BESIDE_PODS = new Set([
  'autoscaler',
  'configVersions',
  'daemonSetUpdateStrategy',
  'deploymentUpdateStrategy',
  'ingress',
  'ipFamilies',
  'ipFamilyPolicy',
  'managementState',
  'networkPolicy',
  'persistentVolumeClaimRetentionPolicy',
  'podDisruptionBudget',
  'replicas',
  'serviceName',
  'targetAllocator',
  'trafficDistribution',
  'upgradeStrategy',
]);
