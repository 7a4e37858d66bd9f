import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../generator/ground/kube-object.ts';
import { statefulSet } from '../../generator/kinds/apps/stateful-set.ts';
import { job } from '../../generator/kinds/batch/job.ts';
import type { Kind } from '../../generator/kinds/kind.ts';
import { openTelemetryCollector } from '../../generator/kinds/otel/open-telemetry-collector.ts';

/** Whether a change of a field of the spec is refused. */
function isFixed({ fixed }: Kind, field: string, more: object = {}): boolean {
  const of = (value: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Any',
    metadata: { name: 'a' },
    spec: { ...more, [field]: value },
  });
  return (fixed?.(of('before'), of('after')) ?? []).length > 0;
}

describe('a field of a Job that cannot change (ValidateJobSpecUpdate)', () => {
  test.for([
    'backoffLimitPerIndex',
    'completionMode',
    'completions',
    'managedBy',
    'podFailurePolicy',
    'selector',
    'successPolicy',
    'template',
  ])('%s', field => expect(isFixed(job, field)).toBe(true));

  test.for(['activeDeadlineSeconds', 'backoffLimit', 'parallelism', 'suspend'])(
    'and %s can',
    field => expect(isFixed(job, field)).toBe(false),
  );

  test('with an index there may be more to complete', () => {
    expect(isFixed(job, 'completions', { completionMode: 'Indexed' })).toBe(false);
  });
});

describe('a field of a StatefulSet that can change (ValidateStatefulSetUpdate)', () => {
  test.for([
    'minReadySeconds',
    'ordinals',
    'persistentVolumeClaimRetentionPolicy',
    'replicas',
    'revisionHistoryLimit',
    'template',
    'updateStrategy',
  ])('%s', field => expect(isFixed(statefulSet, field)).toBe(false));

  test.for(['podManagementPolicy', 'selector', 'serviceName', 'volumeClaimTemplates'])(
    'and %s cannot',
    field => expect(isFixed(statefulSet, field)).toBe(true),
  );
});

describe('what the pods of a collector are made from', () => {
  const has = (...path: string[]): boolean => openTelemetryCollector.podSource?.has(path) === true;

  // The operator makes other objects from them, or follows them itself (OpenTelemetryCollectorSpec).
  test.for([
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
  ])('not %s', field => expect(has('spec', field)).toBe(false));

  test('all else of the spec, and its labels and annotations', () => {
    expect(has('spec', 'config')).toBe(true);
    expect(has('spec', 'image')).toBe(true);
    expect(has('metadata', 'labels')).toBe(true);
    expect(has('metadata', 'annotations')).toBe(true);
    expect(has('metadata', 'ownerReferences')).toBe(false);
    expect(has('status')).toBe(false);
  });
});
