import { type KubeObject, optional } from '../../ground/kube-object.ts';
import { SYNC_OPTIONS } from '../../kinds/argocd/sync-options.ts';
import type { WorkloadModel } from '../model/model.ts';
import { collector } from './collector.ts';
import { podTemplate, selectorLabels } from './pod-template.ts';

/** The object that runs a workload's pods, by its kind. */
export function workloadObject(workload: WorkloadModel, namespace: string): KubeObject {
  switch (workload.kind) {
    case 'Deployment':
    case 'DaemonSet':
      return deployment(workload, namespace);
    case 'StatefulSet':
      return statefulSet(workload, namespace);
    case 'Job':
      return job(workload, namespace);
    case 'CronJob':
      return cronJob(workload, namespace);
    case 'OpenTelemetryCollector':
      return collector(workload, namespace);
  }
}

/** A Deployment, or a DaemonSet, which has no replicas and the same shape. */
function deployment(workload: WorkloadModel, namespace: string): KubeObject {
  const { name, kind, replicas } = workload;
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: {
      ...optional('replicas', replicas),
      selector: { matchLabels: selectorLabels(name) },
      template: podTemplate(workload),
    },
  };
}

function statefulSet(workload: WorkloadModel, namespace: string): KubeObject {
  const { name, ports, replicas } = workload;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace },
    spec: {
      ...(ports.length > 0 && { serviceName: name }),
      ...optional('replicas', replicas),
      selector: { matchLabels: selectorLabels(name) },
      template: podTemplate(workload),
    },
  };
}

/** A Job's pods cannot change; Argo CD replaces the whole Job instead of failing to patch it. */
function job(workload: WorkloadModel, namespace: string): KubeObject {
  const annotations = { [SYNC_OPTIONS]: 'Force=true,Replace=true' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: workload.name, namespace, annotations },
    spec: { template: podTemplate(workload, 'OnFailure') },
  };
}

function cronJob(workload: WorkloadModel, namespace: string): KubeObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: workload.name, namespace },
    spec: {
      schedule: workload.schedule ?? '',
      jobTemplate: { spec: { template: podTemplate(workload, 'OnFailure') } },
    },
  };
}
