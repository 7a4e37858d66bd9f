import { missing, type Path, type Report } from '../../core/finding.ts';
import { isMap, type JsonObject, listAt } from '../../core/json.ts';
import { type KubeObject, mergedMarks, optional, unlessEmpty } from '../../core/kube-object.ts';
import { SYNC_OPTIONS } from '../../kinds/argocd/application.ts';
import type { WorkloadModel } from '../model/model.ts';
import type { WorkloadKind, WorkloadSpec } from '../spec.ts';
import { podTemplate } from './pod-template.ts';

type Field = keyof WorkloadSpec;

interface WorkloadForm {
  /** The field that it cannot do without, and an example of it. */
  readonly needs: readonly [field: Field, example: string];
  readonly check?: (spec: WorkloadSpec, path: Path, report: Report) => void;
  /** The object that runs the pods. */
  readonly object: (workload: WorkloadModel, namespace: string) => KubeObject;
  /** An operator makes the Service and the ServiceAccount of this kind. */
  readonly isWhole?: true;
  /** A field that the spec has in the object's own terms, and where. */
  readonly ownTerms?: readonly [inObject: Path, inSpec: Path];
}

const IMAGE: WorkloadForm['needs'] = ['image', 'image: nginx:1.29'];

export const WORKLOADS: Readonly<Record<WorkloadKind, WorkloadForm>> = {
  Deployment: { needs: IMAGE, object: deployment },
  StatefulSet: { needs: IMAGE, object: statefulSet },
  DaemonSet: { needs: IMAGE, object: deployment },
  Job: { needs: IMAGE, object: job },
  CronJob: { needs: IMAGE, check: checkCronJob, object: cronJob },
  OpenTelemetryCollector: {
    needs: ['config', 'config: { exporters: … }'],
    object: collector,
    isWhole: true,
    ownTerms: [['spec', 'config'], ['config']],
  },
};

/** The kinds whose pods `podTemplate` makes. */
const PODS: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];
const COLLECTOR: readonly WorkloadKind[] = ['OpenTelemetryCollector'];
const ALL: readonly WorkloadKind[] = [...PODS, ...COLLECTOR];

/**
 * The kinds that use each field of a workload; for all other kinds the field is a fault. A kind uses a field
 * if its object differs with it: test/make/workload-fields.test.ts tries each pair.
 */
export const USED_BY: Readonly<Record<Field, readonly WorkloadKind[]>> = {
  kind: ALL,
  image: ALL,
  container: PODS,
  replicas: ['Deployment', 'StatefulSet', 'OpenTelemetryCollector'],
  port: ALL,
  ports: ALL,
  service: PODS,
  health: PODS,
  probes: PODS,
  command: PODS,
  args: PODS,
  env: ALL,
  envOrder: ALL,
  envFrom: ALL,
  mounts: PODS,
  volumes: PODS,
  init: PODS,
  sidecars: PODS,
  selector: PODS,
  labels: ALL,
  annotations: ALL,
  podLabels: PODS,
  podAnnotations: PODS,
  jobLabels: ['CronJob'],
  jobAnnotations: ['CronJob'],
  security: PODS,
  serviceAccount: PODS,
  imagePullSecrets: PODS,
  resources: ALL,
  schedule: ['CronJob'],
  mode: COLLECTOR,
  config: COLLECTOR,
  patch: ALL,
};

/** A Deployment, or a DaemonSet, which has the same shape without replicas. */
function deployment(workload: WorkloadModel, namespace: string): KubeObject {
  const { name, kind, spec } = workload;
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: {
      ...optional('replicas', spec.replicas),
      selector: { matchLabels: workload.selector },
      template: podTemplate(workload),
    },
  };
}

function statefulSet(workload: WorkloadModel, namespace: string): KubeObject {
  const { name, service, spec, claims } = workload;
  const templates = claims.filter(({ isTemplate }) => isTemplate);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace },
    spec: {
      ...optional('serviceName', service?.object.metadata.name),
      ...optional('replicas', spec.replicas),
      selector: { matchLabels: workload.selector },
      template: podTemplate(workload),
      ...unlessEmpty(
        'volumeClaimTemplates',
        templates.map(claim => ({
          metadata: { name: claim.volume, ...claim.marks },
          spec: claim.spec,
        })),
      ),
    },
  };
}

/** A Job's pods cannot change; Argo CD replaces the whole Job instead of failing to patch it. */
export const RECREATED: Readonly<Record<string, string>> = {
  [SYNC_OPTIONS]: 'Force=true,Replace=true',
};

function job(workload: WorkloadModel, namespace: string): KubeObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: workload.name,
      namespace,
      ...(workload.isOrdered && { annotations: RECREATED }),
    },
    spec: { template: podTemplate(workload, 'OnFailure') },
  };
}

function cronJob(workload: WorkloadModel, namespace: string): KubeObject {
  const { name, spec } = workload;
  const marks = {
    ...unlessEmpty('labels', mergedMarks(spec.jobLabels)),
    ...unlessEmpty('annotations', mergedMarks(spec.jobAnnotations)),
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace },
    spec: {
      schedule: spec.schedule ?? '',
      jobTemplate: {
        ...unlessEmpty('metadata', marks),
        spec: { template: podTemplate(workload, 'OnFailure') },
      },
    },
  };
}

function checkCronJob({ schedule }: WorkloadSpec, path: Path, report: Report): void {
  if (schedule === undefined) report(missing('schedule', path, 'schedule: "0 4 * * *"'));
  const name = String(path.at(-1));
  if (name.length <= 52) return;
  report({
    id: 'illegal-name',
    message: `"${name}" is not a legal name for a CronJob`,
    hint: 'Write at most 52 characters.', // The names of its Jobs are 11 characters longer.
    path,
    isAboutName: true,
  });
}

/** An OpenTelemetryCollector: its operator makes the pods, the Service and the ServiceAccount. */
function collector({ name, spec, container }: WorkloadModel, namespace: string): KubeObject {
  const ports = listAt(container.object, 'ports').filter(isMap);
  const envFrom = listAt(container.object, 'envFrom');
  const env = listAt(container.object, 'env');
  return {
    apiVersion: 'opentelemetry.io/v1beta1',
    kind: 'OpenTelemetryCollector',
    metadata: { name, namespace },
    spec: {
      mode: spec.mode ?? 'deployment',
      ...optional('image', spec.image),
      ...optional('replicas', spec.replicas),
      ...unlessEmpty(
        'ports',
        ports.map(({ protocol: _, containerPort = 0, ...port }) => ({
          ...port,
          port: containerPort,
        })),
      ),
      ...unlessEmpty('envFrom', envFrom),
      ...unlessEmpty('env', env),
      ...optional('resources', spec.resources as JsonObject | undefined),
      config: spec.config ?? {},
    },
  };
}
