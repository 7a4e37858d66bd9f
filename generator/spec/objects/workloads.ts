import { missing, type Path, type Report } from '../../core/finding.ts';
import { type KubeObject, optional } from '../../core/kube-object.ts';
import { SYNC_OPTIONS } from '../../kinds/argocd/application.ts';
import type { WorkloadModel } from '../model/model.ts';
import type { WorkloadKind, WorkloadSpec } from '../spec.ts';
import { envJson, podTemplate } from './pod-template.ts';

const collectorForm: WorkloadForm = {
  needs: ['config', 'config: { exporters: … }'],
  unused: [
    'schedule',
    'health',
    'command',
    'args',
    'mounts',
    'imagePullSecrets',
    'selector',
    'serviceAccount',
  ],
  object: collector,
  isWhole: true,
  ownTerms: [['spec', 'config'], ['config']],
};

/** An OpenTelemetryCollector: its operator makes the pods, the Service and the ServiceAccount. */
function collector(workload: WorkloadModel, namespace: string): KubeObject {
  const { name, ports, envFrom, env } = workload;
  return {
    apiVersion: 'opentelemetry.io/v1beta1',
    kind: 'OpenTelemetryCollector',
    metadata: { name, namespace },
    spec: {
      mode: workload.mode ?? 'deployment',
      ...optional('image', workload.image),
      ...optional('replicas', workload.replicas),
      ...(ports.length > 0 && {
        ports: ports.map(({ name: port, port: number }) => ({ name: port, port: number })),
      }),
      ...(envFrom.length > 0 && { envFrom }),
      ...(env.length > 0 && { env: env.map(envJson) }),
      ...optional('resources', workload.resources),
      config: workload.config ?? {},
    },
  };
}

type Field = keyof WorkloadSpec;

/** What a kind of workload makes of the short form. */
interface WorkloadForm {
  /** The field without which it is nothing, and an example. */
  readonly needs: readonly [field: Field, example: string];
  /** Fields that it has no use for. */
  readonly unused: readonly Field[];
  readonly check?: (spec: WorkloadSpec, path: Path, report: Report) => void;
  /** The object that runs the pods. */
  readonly object: (workload: WorkloadModel, namespace: string) => KubeObject;
  /** The Service and the ServiceAccount come from its operator. */
  readonly isWhole?: true;
  /** A field that the spec has in the object's own terms, and where. */
  readonly ownTerms?: readonly [inObject: Path, inSpec: Path];
}

/** Of those that run a container of the spec's. */
const IMAGE: WorkloadForm['needs'] = ['image', 'image: nginx:1.29'];

const cronJobForm: WorkloadForm = {
  needs: IMAGE,
  unused: ['mode', 'config', 'replicas'],
  check: checkCronJob,
  object: cronJob,
};

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

function checkCronJob({ schedule }: WorkloadSpec, path: Path, report: Report): void {
  if (schedule === undefined) report(missing('schedule', path, 'schedule: "0 4 * * *"'));
  if (String(path.at(-1)).length > 52) report(longCronJob(path));
}

/** The names of a CronJob's Jobs are 11 characters longer than its own. */
function longCronJob(path: Path): Parameters<Report>[0] {
  return {
    id: 'illegal-name',
    message: `"${path.at(-1)}" is not a legal name for a CronJob`,
    hint: 'Write at most 52 characters.',
    path,
    isAboutName: true,
  };
}

const deploymentForm: WorkloadForm = {
  needs: IMAGE,
  unused: ['mode', 'config', 'schedule'],
  object: deployment,
};

const daemonSetForm: WorkloadForm = {
  needs: IMAGE,
  unused: ['mode', 'config', 'schedule', 'replicas'],
  object: deployment,
};

/** A Deployment, or a DaemonSet, which has no replicas and the same shape. */
function deployment(workload: WorkloadModel, namespace: string): KubeObject {
  const { name, kind, replicas } = workload;
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: {
      ...optional('replicas', replicas),
      selector: { matchLabels: workload.selector },
      template: podTemplate(workload),
    },
  };
}

const jobForm: WorkloadForm = {
  needs: IMAGE,
  unused: ['mode', 'config', 'schedule', 'replicas'],
  object: job,
};

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

const statefulSetForm: WorkloadForm = {
  needs: IMAGE,
  unused: ['mode', 'config', 'schedule'],
  object: statefulSet,
};

function statefulSet(workload: WorkloadModel, namespace: string): KubeObject {
  const { name, ports, replicas } = workload;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace },
    spec: {
      ...(ports.length > 0 && { serviceName: name }),
      ...optional('replicas', replicas),
      selector: { matchLabels: workload.selector },
      template: podTemplate(workload),
    },
  };
}

/** What each makes of the short form. */
export const WORKLOADS: Readonly<Record<WorkloadKind, WorkloadForm>> = {
  Deployment: deploymentForm,
  StatefulSet: statefulSetForm,
  DaemonSet: daemonSetForm,
  Job: jobForm,
  CronJob: cronJobForm,
  OpenTelemetryCollector: collectorForm,
};
