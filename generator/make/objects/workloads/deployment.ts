import { type KubeObject, optional } from '../../../ground/kube-object.ts';
import type { WorkloadModel } from '../../model/model.ts';
import { podTemplate } from '../pod-template.ts';
import { IMAGE, type WorkloadForm } from '../workload-form.ts';

export const deploymentForm: WorkloadForm = {
  needs: IMAGE,
  unused: ['mode', 'config', 'schedule'],
  object: deployment,
};

export const daemonSetForm: WorkloadForm = {
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
