import { type KubeObject, optional } from '../../../ground/kube-object.ts';
import type { WorkloadModel } from '../../model/model.ts';
import { podTemplate } from '../pod-template.ts';
import { IMAGE, type WorkloadForm } from '../workload-form.ts';

export const statefulSetForm: WorkloadForm = {
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
